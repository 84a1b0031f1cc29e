import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * A call took longer than its time limit and was given up. The other side may still have acted.
 *
 * @example
 * ```ts
 * if (error instanceof TimeoutError) metrics.increment("push.timeout", { ms: error.timeoutMs });
 * ```
 */
export class TimeoutError extends CloudTaskError {
  override readonly name = "TimeoutError";
  declare readonly code: "TIMEOUT";
  /** The limit that passed, in milliseconds. */
  readonly timeoutMs: number;
  constructor(message: string, timeoutMs: number, options?: ErrorOptions) {
    super("TIMEOUT", message, options);
    this.timeoutMs = timeoutMs;
  }
}
