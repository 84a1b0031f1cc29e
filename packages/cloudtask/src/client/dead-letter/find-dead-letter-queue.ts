import type { PushDefaults } from "../push/prepare.ts";
import type { ResolvedOptions } from "../resolve-options.ts";

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
