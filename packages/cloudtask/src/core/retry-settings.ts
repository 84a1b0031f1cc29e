import type { Duration } from "./duration.ts";

/**
 * When and how often a failed task is attempted again. A missing setting is the queue's or, in the settings of a queue, the default
 * of Cloud Tasks.
 *
 * @example
 * ```ts
 * const retry: RetrySettings = { maxAttempts: 8, minBackoff: "5s", maxBackoff: "10m", maxDoublings: 4 };
 * ```
 */
export interface RetrySettings {
  /** The number of attempts, the first one included: 1 or more, or -1 for no limit. Default 100. */
  readonly maxAttempts?: number | undefined;
  /** The delay before the first retry. Default: 100 ms. */
  readonly minBackoff?: Duration | undefined;
  /** The longest delay before a retry. Default: 1 h. */
  readonly maxBackoff?: Duration | undefined;
  /** How many times the delay doubles before it grows by a constant step, 1 or more. Default 16. */
  readonly maxDoublings?: number | undefined;
  /** The time from the first attempt during which a task is retried, in whole seconds. Default: no limit. */
  readonly maxRetryDuration?: Duration | undefined;
}
