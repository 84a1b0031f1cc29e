import { baseName, type ClientQueues, type QueueChoice } from "../queues/client-queues.ts";

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
    `${subject}: \`deadLetter\` must not be "${queue}", the queue that the tasks are pushed to. Create a paused queue for it.`,
  );
}
