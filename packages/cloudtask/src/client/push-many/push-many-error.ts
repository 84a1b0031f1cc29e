import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import type { PushManyResult } from "./push-many-result.ts";

/**
 * Thrown by `pushMany()` after all tasks were tried, if some were not confirmed. `results` has a result for each task, so you can
 * push the failed tasks again.
 *
 * A failed task with `mayExist` may have been created, because an abort, a timeout or a broken connection hid the answer. If you
 * push it again, it can run twice, unless it is named: the name is then taken. (`idempotent` only covers the retries inside one
 * push; the next push creates another task.)
 *
 * @example
 * ```ts
 * if (error instanceof PushManyError) {
 *   for (const result of error.results) {
 *     if (result.status === "failed" && !result.mayExist) pushLater(result.task);
 *   }
 * }
 * ```
 */
export class PushManyError extends CloudTaskError {
  override readonly name = "PushManyError";
  declare readonly code: "PUSH_MANY_FAILED";
  /** A result for each task, in order. */
  readonly results: readonly PushManyResult[];
  /** The number of tasks that were not confirmed, including those that may exist. */
  readonly failed: number;
  constructor(
    message: string,
    fields: { readonly results: readonly PushManyResult[]; readonly failed: number },
    options?: ErrorOptions,
  ) {
    super("PUSH_MANY_FAILED", message, options);
    this.results = fields.results;
    this.failed = fields.failed;
  }
}
