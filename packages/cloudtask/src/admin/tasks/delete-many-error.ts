import { errorMessage } from "../../core/error-message.ts";
import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";

/**
 * A task that could not be deleted.
 *
 * @example
 * ```ts
 * for (const { name, error } of failures) console.error(name, error);
 * ```
 */
export interface FailedDelete {
  /** The full resource name of the task. */
  readonly name: string;
  readonly error: unknown;
}

/**
 * Thrown by `deleteMany()` if tasks could not be deleted. If a whole API call failed, the remaining tasks were not read. A task in
 * `failed` may have been deleted if the answer was lost. Deleting it again is harmless.
 *
 * @example
 * ```ts
 * if (error instanceof DeleteManyError) await admin.tasks.deleteMany(error.failed);
 * ```
 */
export class DeleteManyError extends CloudTaskError {
  override readonly name = "DeleteManyError";
  declare readonly code: "DELETE_MANY_FAILED";
  /** The number of tasks that were deleted. */
  readonly deleted: number;
  /** The number of tasks that no longer existed. */
  readonly missing: number;
  /** The tasks that could not be deleted. */
  readonly failed: readonly FailedDelete[];

  constructor(result: {
    readonly deleted: number;
    readonly missing: number;
    readonly failed: readonly FailedDelete[];
  }) {
    const { deleted, missing, failed } = result;
    const cause = failed[0]?.error;
    const message =
      `Could not delete ${failed.length} of ${deleted + missing + failed.length} tasks. The first is ${failed[0]?.name}: ` +
      errorMessage(cause);
    super("DELETE_MANY_FAILED", message, { cause });
    this.deleted = deleted;
    this.missing = missing;
    this.failed = failed;
  }
}
