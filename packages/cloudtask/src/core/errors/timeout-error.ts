import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * A request exceeded its time limit. The other side may still have carried it out, unless `sent` is `false`.
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
  /** `false` if nothing was sent, for example because no connection became free. The request can then be repeated safely. */
  readonly sent: boolean;
  constructor(message: string, timeoutMs: number, options: ErrorOptions & { readonly sent?: boolean } = {}) {
    super("TIMEOUT", message, options);
    this.timeoutMs = timeoutMs;
    this.sent = options.sent ?? true;
  }
}
