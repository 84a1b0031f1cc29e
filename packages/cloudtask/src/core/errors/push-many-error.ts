import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * Some tasks of a `pushMany()` were not pushed, after all were tried. `results` tells for each what became of it, so that
 * the failed ones can be pushed again.
 *
 * @typeParam Result - what stands for one task
 *
 * @example
 * ```ts
 * if (error instanceof PushManyError) for (const result of error.results) if (result.status === "failed") keep(result.task);
 * ```
 */
export class PushManyError<Result = unknown> extends CloudTaskError {
  override readonly name = "PushManyError";
  /** One for each task, in their order. */
  readonly results: readonly Result[];
  /** How many were not pushed. */
  readonly failed: number;
  constructor(
    message: string,
    fields: { readonly results: readonly Result[]; readonly failed: number },
    options?: ErrorOptions,
  ) {
    super("PUSH_MANY_FAILED", message, options);
    this.results = fields.results;
    this.failed = fields.failed;
  }
}
