import { type Duration, durationMs, durationText } from "../duration.ts";
import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * Throw it in a handler to fail the attempt and to delay the next one. The worker answers 500 with `Retry-After`, which Cloud
 * Tasks treats as the shortest wait. If the queue's backoff is longer, the backoff applies.
 *
 * @example
 * ```ts
 * if (response.status === 429) throw new RetryAfterError("10m");
 * ```
 */
export class RetryAfterError extends CloudTaskError {
  override readonly name = "RetryAfterError";
  declare readonly code: "RETRY_AFTER";
  /** The earliest time of the next attempt: a `Date`, or milliseconds from the answer. */
  readonly after: Date | number;

  /**
   * @param after - a duration (`"10m"`, or milliseconds), or the earliest time of the next attempt
   * @param message - a message for the logs. Default: `retry after 10m`
   * @param options - `cause`: the underlying error
   * @throws TypeError if `after` is neither a duration nor a valid date
   */
  constructor(after: Duration | Date, message?: string, options?: ErrorOptions) {
    const checked = checkAfter(after);
    const time = typeof checked === "number" ? durationText(checked) : checked.toISOString();
    super("RETRY_AFTER", message ?? `retry after ${time}`, options);
    this.after = checked;
  }
}

/** Returns the value of a `Retry-After` header, in whole seconds: rounded up, and 0 if the time has passed. */
export function retryAfterSeconds({ after }: Pick<RetryAfterError, "after">, nowMs: number): number {
  const ms = typeof after === "number" ? after : after.getTime() - nowMs;
  return Math.max(0, Math.ceil(ms / 1000));
}

function checkAfter(after: Duration | Date): Date | number {
  if (!(after instanceof Date)) return durationMs(after, "RetryAfterError");
  if (Number.isFinite(after.getTime())) return after;
  throw new TypeError('RetryAfterError: expected a duration such as "10m" or a valid Date; received an invalid Date');
}
