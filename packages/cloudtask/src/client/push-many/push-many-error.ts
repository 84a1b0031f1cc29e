import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import type { PushManyResult } from "./push-many-result.ts";

/**
 * Some tasks of a `pushMany()` were not confirmed, after all were tried. `results` tells for each what became of it, so
 * that the failed ones can be pushed again.
 *
 * A failed one with `mayExist` was perhaps created all the same: an abort, a timeout or a broken connection hid the answer.
 * Pushed again, it can run twice, unless it is named: the name is then taken. (`idempotent` covers the retries inside one
 * push; the next push is another task.)
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
  /** One for each task, in their order. */
  readonly results: readonly PushManyResult[];
  /** How many were not confirmed, those that may exist among them. */
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
