import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * A request exceeded its time limit. The other side may still have carried it out.
 *
 * @example
 * ```ts
 * if (error instanceof TimeoutError) metrics.increment("push.timeout", { ms: error.timeoutMs });
 * ```
 */
export class TimeoutError extends CloudTaskError {
  override readonly name = "TimeoutError";
  declare readonly code: "TIMEOUT";
  /** The time limit, in milliseconds. */
  readonly timeoutMs: number;
  constructor(message: string, timeoutMs: number, options?: ErrorOptions) {
    super("TIMEOUT", message, options);
    this.timeoutMs = timeoutMs;
  }
}
