import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import type { PushedTask, PushManyResult } from "../push-many/push-many-result.ts";

/**
 * Thrown when the callback of `client.deferPushes()`, or a handler with `deferPushes`, succeeded but some of its pushes could
 * not be sent. The commit cannot be undone, so the tasks must still be created: `retry()` sends the unconfirmed pushes again
 * under the same ids. If you call it within an hour, no task is created twice. In a delivery you need to do nothing: the worker
 * answers 500, and the next attempt sends them.
 *
 * @example
 * ```ts
 * const order = await client.deferPushes(placeOrder).catch(async (error) => {
 *   if (!(error instanceof DeferredPushError)) throw error; // the transaction failed, and nothing was pushed
 *   await error.retry();
 *   return error.value;
 * });
 * ```
 */
export class DeferredPushError extends CloudTaskError {
  override readonly name = "DeferredPushError";
  declare readonly code: "DEFERRED_PUSH_FAILED";
  /** A result for each push, in order. `mayExist` of a failed push is `true` if its task may exist. */
  readonly results: readonly PushManyResult[];
  /** The number of pushes that were not confirmed. */
  readonly failed: number;
  /** The value that the callback or the handler returned. */
  readonly value: unknown;
  readonly #retry: () => Promise<readonly PushedTask[]>;

  constructor(
    message: string,
    fields: {
      readonly results: readonly PushManyResult[];
      readonly failed: number;
      readonly value: unknown;
      readonly retry: () => Promise<readonly PushedTask[]>;
    },
    options?: ErrorOptions,
  ) {
    super("DEFERRED_PUSH_FAILED", message, options);
    this.results = fields.results;
    this.failed = fields.failed;
    this.value = fields.value;
    this.#retry = fields.retry;
  }

  /**
   * Sends the unconfirmed pushes again.
   *
   * @returns a result for each push, including those sent earlier
   * @throws DeferredPushError if some are still not confirmed
   */
  retry(): Promise<readonly PushedTask[]> {
    return this.#retry();
  }
}
