import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * The teardown of a dependency failed: its commit, rollback or close. It fails the delivery even if the handler returned,
 * because uncommitted work must not count as done. It is the counterpart of `SuppressedError`, which not every runtime has.
 *
 * @example
 * ```ts
 * if (error instanceof TeardownError) logger.error(error.error, error.suppressed);
 * ```
 */
export class TeardownError extends CloudTaskError {
  override readonly name = "TeardownError";
  declare readonly code: "TEARDOWN_FAILED";
  /** The error of the teardown. It is also the `cause`. */
  readonly error: unknown;
  /** The earlier error of the handler or of another teardown; `undefined` if there was none. */
  readonly suppressed: unknown;
  constructor(message: string, error: unknown, suppressed: unknown) {
    super("TEARDOWN_FAILED", message, { cause: error });
    this.error = error;
    this.suppressed = suppressed;
  }
}
