import { type Duration, durationMs } from "../duration.ts";
import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * Thrown by a handler to fail this attempt and be retried no sooner than it says: the answer carries `Retry-After`.
 * Cloud Tasks takes it as the least wait, on top of the queue's own backoff.
 *
 * @example
 * ```ts
 * if (response.status === 429) throw new RetryAfterError("10m");
 * ```
 */
export class RetryAfterError extends CloudTaskError {
  override readonly name = "RetryAfterError";
  declare readonly code: "RETRY_AFTER";
  /** The least wait: a moment, or milliseconds from the answer. */
  readonly after: Date | number;

  /**
   * @param after - a duration (`"10m"`, or milliseconds), or the moment before which no retry makes sense
   * @param message - for the logs
   * @throws TypeError where `after` is neither a duration nor a valid date
   */
  constructor(after: Duration | Date, message?: string, options?: ErrorOptions) {
    const checked = checkAfter(after);
    const text = after instanceof Date ? after.toISOString() : after;
    super("RETRY_AFTER", message ?? `asked to be retried after ${text}`, options);
    this.after = checked;
  }
}

/** Returns the whole seconds for a `Retry-After` header: rounded up, 0 if the time has passed. */
export function retryAfterSeconds({ after }: Pick<RetryAfterError, "after">, nowMs: number): number {
  const ms = typeof after === "number" ? after : after.getTime() - nowMs;
  return Math.max(0, Math.ceil(ms / 1000));
}

function checkAfter(after: Duration | Date): Date | number {
  if (!(after instanceof Date)) return durationMs(after, "RetryAfterError");
  if (Number.isFinite(after.getTime())) return after;
  throw new TypeError('RetryAfterError: expected a duration such as "10m" or a valid Date; received an invalid Date');
}
