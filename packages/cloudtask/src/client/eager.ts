import type { Connection } from "./connection.ts";
import { createTaskJson } from "./create-task.ts";
import type { PreparedPush } from "./prepare.ts";
import type { PushResult } from "./push-options.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/**
 * @param connection - tells the full name of the queue
 * @param push - what was pushed
 * @param client - the client's options
 * @returns what a real push would have brought
 * @throws LimitError where Cloud Tasks would not take the task
 */
export async function eagerResult(
  connection: Connection,
  push: PreparedPush,
  client: ResolvedOptions,
): Promise<PushResult> {
  const id = push.id ?? localId();
  const queueName = await connection.queueName(push.queue);
  // What fails in production must not pass here: the request is made, though not sent.
  createTaskJson(push, queueName, client);
  const name = `${queueName}/tasks/${id}`;
  const scheduleTime = new Date(push.scheduleMs ?? push.nowMs);
  return { name, id, queue: push.queue, scheduleTime, deduplicated: false };
}

/**
 * @param push - what was pushed
 * @param id - the id of the task
 * @returns what Cloud Tasks adds to a first attempt
 */
export function dispatchHeaders(push: PreparedPush, id: string): Readonly<Record<string, string>> {
  return {
    "User-Agent": "Google-Cloud-Tasks",
    "X-CloudTasks-QueueName": push.queue,
    "X-CloudTasks-TaskName": id,
    "X-CloudTasks-TaskRetryCount": "0",
    "X-CloudTasks-TaskExecutionCount": "0",
    "X-CloudTasks-TaskETA": String(push.nowMs / 1000),
  };
}

/** Decimal, as Cloud Tasks picks them. */
function localId(): string {
  return crypto.getRandomValues(new BigUint64Array(1)).join("");
}
