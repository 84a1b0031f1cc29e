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
    `${subject}: \`deadLetter\` must not be "${queue}", the queue that the tasks are pushed to. Create a paused queue for it.`,
  );
}

/**
 * Returns the queue that keeps a discarded task of a definition; `undefined` if there is none.
 *
 * @param task - its home queue; and the queue that delivered it, if it is a dead letter itself
 */
export function deadLetterQueueOf(
  client: Pick<ResolvedOptions, "deadLetter" | "queues">,
  definition: Pick<PushDefaults, "deadLetter"> | undefined,
  { home = "", keptIn }: { readonly home: string | undefined; readonly keptIn?: string | undefined },
): string | undefined {
  return (definition?.deadLetter ?? client.queues.deadLetterOf(home) ?? client.deadLetter ?? keptIn) || undefined;
}

/**
 * Returns the home queue of a task that no queue delivered, such as a run of Cloud Scheduler: the queue that a push would select. A push
 * selects one of several shards, so then it is `undefined`.
 */
export function defaultHomeQueue(
  client: Pick<ResolvedOptions, "forceToQueue" | "queue">,
  definition: Pick<PushDefaults, "queue"> | undefined,
): string | undefined {
  const queue = client.forceToQueue ?? definition?.queue ?? client.queue;
  return typeof queue === "string" ? queue : undefined;
}
