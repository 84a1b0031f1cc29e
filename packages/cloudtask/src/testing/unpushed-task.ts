import { createTaskJson, queueNameOf } from "../client/push/create-task.ts";
import { internalsOf, type Task } from "../client/tasks/task.ts";
import type { Registry } from "../execution/registry.ts";
import { parseCreateTask } from "./create-task-request.ts";
import { StoredTask } from "./stored-task.ts";
import type { DeliverOptions } from "./test-options.ts";

/**
 * Creates the stored task that a push would create, without pushing. The same code checks and writes it.
 *
 * @throws the errors that `push()` throws before it sends anything; TypeError if the task belongs to another client
 */
export async function unpushedTask(
  task: Task,
  { queue, name, headers, dispatchDeadline, retry }: DeliverOptions,
  { registry, nowMs }: { readonly registry: Registry; readonly nowMs: number },
): Promise<StoredTask> {
  const given = Object.entries({ queue, name, headers, dispatchDeadline, retry });
  const options = given.filter(([, value]) => value !== undefined);
  const push = await internalsOf(task).prepare(Object.fromEntries(options), `delivering "${task.definition}"`);
  if (registry.tasks.get(push.task) !== push.record) {
    throw new TypeError(`tasks.deliver(): the task "${push.task}" belongs to another client`);
  }
  const queueName = await queueNameOf(push);
  const requested = parseCreateTask(await createTaskJson(push, queueName), registry.callers.localUrl);
  return new StoredTask(requested, queueName, { nowMs, order: 0 });
}
