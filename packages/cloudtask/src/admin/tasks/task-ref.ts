import { checkQueueId } from "../../core/resource-name.ts";
import type { AdminContext, CallOptions } from "../admin-context.ts";

/**
 * Names a task: its full resource name, an object with that name, such as the result of a push, or the ids of its queue and the
 * task.
 *
 * @example
 * ```ts
 * const task: TaskRef = { queue: "payments", id: "1234567890" };
 * ```
 */
export type TaskRef = string | { readonly name: string } | { readonly queue: string; readonly id: string };

const TASK_NAME = /^projects\/[^/]+\/locations\/[^/]+\/queues\/[^/]+\/tasks\/[A-Za-z0-9_-]{1,500}$/;
const TASK_ID = /^[A-Za-z0-9_-]{1,500}$/;

/**
 * Returns the full resource name of a task.
 *
 * @param subject - the start of messages: `Could not delete the task`
 * @throws TypeError if `task` names no task
 */
export async function taskName(
  context: AdminContext,
  task: TaskRef,
  subject: string,
  options: CallOptions,
): Promise<string> {
  const { name, queue, id } = typeof task === "string" ? { name: task } : fieldsOf(task);
  if (typeof name === "string" && TASK_NAME.test(name)) return name;
  if (name === undefined && typeof id === "string" && TASK_ID.test(id)) {
    const queueName = await context.queueName(checkQueueId(queue, `${subject}: queue`), subject, options);
    return `${queueName}/tasks/${id}`;
  }
  throw new TypeError(
    `${subject}: expected the name projects/…/locations/…/queues/…/tasks/…, a push result, or { queue, id }; ` +
      `received ${typeof task === "string" ? JSON.stringify(task) : describe(task)}`,
  );
}

interface Fields {
  readonly name?: unknown;
  readonly queue?: unknown;
  readonly id?: unknown;
}

function fieldsOf(task: unknown): Fields {
  return Object(task) as Fields;
}

/** Names the fields of an object without their values, which may be a payload. */
function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return `an object with ${Object.keys(value).join(", ") || "no fields"}`;
}
