import type { PushDefaults } from "../push/prepare.ts";
import { baseName, type ClientQueues, type QueueChoice } from "../queues/client-queues.ts";
import type { ResolvedOptions } from "../resolve-options.ts";

/** The client or the definition that sets `deadLetter`. */
interface DeadLetterOwner {
  readonly queues: ClientQueues;
  /** The queue that the tasks are pushed to. */
  readonly home: QueueChoice | undefined;
  /** The owner of the option, for messages. */
  readonly subject: string;
}

/**
 * Checks the option `deadLetter` of a client or a definition.
 *
 * @throws TypeError if it is not the id of another queue
 */
export function checkDeadLetter(deadLetter: unknown, { queues, home, subject }: DeadLetterOwner): string {
  const queue = queues.checkDeadLetter(deadLetter, `${subject}: deadLetter`);
  if (home === undefined || baseName(home) !== queue) return queue;
  throw new TypeError(
    `${subject}: \`deadLetter\` must be another queue than "${queue}", which the tasks are pushed to. Create a paused queue for it.`,
  );
}

/**
 * Returns the queue that keeps the discarded tasks of a definition; `undefined` if there is none.
 *
 * @param homeQueue - the id of the queue that delivered the task
 */
export function deadLetterQueueOf(
  client: Pick<ResolvedOptions, "deadLetter" | "queues">,
  definition: Pick<PushDefaults, "deadLetter"> | undefined,
  homeQueue: string,
): string | undefined {
  return (definition?.deadLetter ?? client.queues.deadLetterOf(homeQueue) ?? client.deadLetter) || undefined;
}
