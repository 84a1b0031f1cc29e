import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * Thrown by a handler (or a dependency) to say that no retry can help: the delivery is discarded, answered 2xx so that
 * Cloud Tasks stops, after `onDiscard` has run.
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
