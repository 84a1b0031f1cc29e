import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * Throw it in a handler or a dependency if a retry cannot help. The worker calls `onDiscard` and discards the delivery: it
 * answers 200, so Cloud Tasks does not retry.
 *
 * @example
 * ```ts
 * if (!order) throw new NonRetriableError(`order ${orderId} does not exist`);
 * ```
 */
export class NonRetriableError extends CloudTaskError {
  override readonly name = "NonRetriableError";
  declare readonly code: "NON_RETRIABLE";
  constructor(message: string, options?: ErrorOptions) {
    super("NON_RETRIABLE", message, options);
  }
}
