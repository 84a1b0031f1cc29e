import type { ResolvedOptions } from "../resolve-options.ts";
import { createTaskJson } from "./create-task-json.ts";
import type { PreparedPush } from "./prepare.ts";
import type { PushResult } from "./push-options.ts";
import { queueNameOf } from "./queue-name.ts";

/**
 * What a push will bring that is not sent, or not yet.
 *
 * @param push - what was pushed
 * @param client - the client's options
 * @returns what a real push brings
 * @throws LimitError where Cloud Tasks would not take the task
 */
export async function expectedResult(push: PreparedPush, client: ResolvedOptions): Promise<PushResult> {
  const id = push.id ?? localId();
  const queueName = await queueNameOf(push, client);
  // What fails when it is sent must not pass here: the request is made, though not sent.
  createTaskJson(push, queueName, client);
  const name = `${queueName}/tasks/${id}`;
  const scheduleTime = new Date(push.scheduleMs ?? push.nowMs);
  return { name, id, queue: push.queue, scheduleTime, deduplicated: false };
}

/** Decimal, as Cloud Tasks picks them. */
function localId(): string {
  return crypto.getRandomValues(new BigUint64Array(1)).join("");
}
