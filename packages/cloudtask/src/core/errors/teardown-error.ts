import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * A dependency could not be torn down: its commit, rollback or close failed. The delivery fails with it, even where the
 * handler had returned, so that work which was not committed is never reported as done. What `SuppressedError` is to
 * `await using`, on every runtime.
 *
 * @example
 * ```ts
 * if (error instanceof TeardownError) logger.error(error.error, error.suppressed);
 * ```
 */
export class TeardownError extends CloudTaskError {
  override readonly name = "TeardownError";
  declare readonly code: "TEARDOWN_FAILED";
  /** What the teardown threw. Also the `cause`. */
  readonly error: unknown;
  /** What had failed before it (the handler's error, or an earlier teardown's); `undefined` where nothing had. */
  readonly suppressed: unknown;
  constructor(message: string, error: unknown, suppressed: unknown) {
    super("TEARDOWN_FAILED", message, { cause: error });
    this.error = error;
    this.suppressed = suppressed;
  }
}
