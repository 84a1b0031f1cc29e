import { ApiError } from "../../core/errors/api-error.ts";
import { printable } from "../../core/printable.ts";
import { lastSegment } from "../../core/resource-name.ts";
import type { PreparedPush } from "./prepare.ts";
import type { PushResult } from "./push-options.ts";

/** The fields of the API's `Task` that a push reads. */
export interface CreatedTask {
  readonly name?: string;
  readonly scheduleTime?: string;
  readonly createTime?: string;
}

/** A created task, as its push reports it. */
export interface ConfirmedTask {
  readonly name: string;
  /** The time of the task, in milliseconds since the epoch, if the answer contains it. */
  readonly scheduleMs: number | undefined;
}

/**
 * Returns the task in an answer. A success that a proxy between this process and the API answered must not count as a created
 * task.
 *
 * @param action - the call, for the message: `push "…" to …`
 * @throws ApiError if the answer contains no task
 */
export function confirmedTask(body: unknown, action: string): ConfirmedTask {
  const { name, scheduleTime } = Object(body) as CreatedTask;
  const hasName = typeof name === "string" && name !== "";
  const scheduleMs = timeIn(scheduleTime);
  if (hasName && !Number.isNaN(scheduleMs)) return { name, scheduleMs };
  const problem = hasName
    ? `the answer contains the invalid scheduleTime ${printable(scheduleTime)}. The task may have been created.`
    : "the answer contains no task name, so nothing confirms that the task was created.";
  const message = `Could not ${action}: ${problem} Check that the address belongs to the Cloud Tasks API.`;
  throw new ApiError(message, { status: "UNKNOWN", httpStatus: 200, apiMessage: "" });
}

/** Returns `NaN` for an invalid time. */
function timeIn(time: unknown): number | undefined {
  return time === undefined ? undefined : Date.parse(typeof time === "string" ? time : "");
}

/** Returns the result of a push whose answer has been read. */
export function resultOf(push: PreparedPush, queueName: string, task: Partial<ConfirmedTask>): PushResult {
  const name = task.name ?? `${queueName}/tasks/${push.id ?? ""}`;
  return {
    name,
    id: lastSegment(name),
    queue: push.queue,
    scheduleTime: new Date(task.scheduleMs ?? push.scheduleMs ?? push.nowMs),
    deduplicated: false,
  };
}
