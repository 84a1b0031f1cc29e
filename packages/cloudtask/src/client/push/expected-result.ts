import { createTaskJson, queueNameOf } from "./create-task.ts";
import { resultOf } from "./created-task.ts";
import type { PreparedPush } from "./prepare.ts";
import type { PushResult } from "./push-options.ts";

/**
 * Checks a task as a push would, and returns the result that the push is expected to have. For pushes that are sent later, or not
 * to Cloud Tasks.
 *
 * @throws LimitError if Cloud Tasks would reject the task
 */
export async function expectedResult(push: PreparedPush): Promise<PushResult> {
  const id = push.id ?? randomDecimalId();
  const queueName = await queueNameOf(push);
  // Its checks must fail now, and not when the push is sent.
  await createTaskJson(push, queueName);
  return resultOf({ ...push, id }, queueName, {});
}

/** The form of the ids that Cloud Tasks generates. */
function randomDecimalId(): string {
  return crypto.getRandomValues(new BigUint64Array(1)).join("");
}
