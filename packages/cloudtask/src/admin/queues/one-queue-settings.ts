import { type CheckedQueue, checkQueue } from "../../core/check-queues.ts";
import type { QueueSettings } from "../../core/queue-settings.ts";
import { optionPosition } from "../../core/setting-position.ts";

/**
 * The settings of a single queue that Cloud Tasks stores. `deadLetter` and `shards` concern several queues: describe those for
 * `admin.queues.plan()`.
 *
 * @example
 * ```ts
 * const settings: OneQueueSettings = { rate: 50, concurrency: 20, paused: true };
 * ```
 */
export type OneQueueSettings = Omit<QueueSettings, "deadLetter" | "shards">;

/**
 * Checks the settings of one queue.
 *
 * @param subject - the start of messages: `admin.queues.update("emails")`
 */
export function checkOneQueue(settings: unknown, subject: string): CheckedQueue {
  const position = optionPosition(subject);
  const checked = checkQueue(settings, position);
  for (const setting of ["deadLetter", "shards"] as const) {
    if (checked[setting] === undefined) continue;
    throw position.child(setting).error("this setting applies to several queues; use admin.queues.plan() instead");
  }
  return checked;
}
