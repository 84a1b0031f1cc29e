import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import type { PushedTask, PushManyResult } from "../push-many/push-many-result.ts";

/**
 * What was pushed inside a `client.deferPushes()`, or inside a delivery with `deferPushes`, could not all be sent once that had
 * succeeded. What it committed stands, so the tasks are owed: `retry()` sends those that were not confirmed, under the ids
 * they had, so that none is doubled however often it is called within the hour. In a delivery nothing is to be done: it is
 * answered 500, and the next attempt sends them.
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
  /** One for each push, in their order. `mayExist` tells which of the failed ones may exist all the same. */
  readonly results: readonly PushManyResult[];
  /** How many were not confirmed. */
  readonly failed: number;
  /** What the callback, or the handler, had returned. */
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
   * Sends those that were not confirmed once more.
   *
   * @returns a result for each push, those that had been sent before among them
   * @throws DeferredPushError where some are still not confirmed
   */
  retry(): Promise<readonly PushedTask[]> {
    return this.#retry();
  }
}
