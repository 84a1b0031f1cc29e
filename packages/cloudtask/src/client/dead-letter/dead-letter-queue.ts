import { checkQueueId } from "../../core/resource-name.ts";
import type { PushDefaults } from "../push/prepare.ts";
import type { ResolvedOptions } from "../resolve-options.ts";

/**
 * Checks the option `deadLetter` of a client or a definition.
 *
 * @param homeQueues - the queues that the tasks are pushed to
 * @throws TypeError if it is not the id of another queue
 */
export function checkDeadLetter(
  deadLetter: unknown,
  homeQueues: readonly (string | undefined)[],
  subject: string,
): string {
  const queue = checkQueueId(deadLetter, `${subject}: deadLetter`);
  if (!homeQueues.includes(queue)) return queue;
  throw new TypeError(
    `${subject}: \`deadLetter\` must be another queue than "${queue}", which the tasks are pushed to. Create a paused queue for it.`,
  );
}

/** Returns the queue that keeps the discarded tasks of a definition; `undefined` if there is none. */
export function deadLetterQueueOf(
  client: Pick<ResolvedOptions, "deadLetter">,
  definition: Pick<PushDefaults, "deadLetter"> | undefined,
): string | undefined {
  return (definition?.deadLetter ?? client.deadLetter) || undefined;
}
