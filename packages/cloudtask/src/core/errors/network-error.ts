import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * A call got no answer: refused, reset, or the name did not resolve. The other side may or may not have acted. What the
 * socket said is the `cause`.
 *
 * @example
 * ```ts
 * if (error instanceof NetworkError) console.warn(error.message, error.cause);
 * ```
 */
export class NetworkError extends CloudTaskError {
  override readonly name = "NetworkError";
  declare readonly code: "NETWORK_ERROR";
  constructor(message: string, options?: ErrorOptions) {
    super("NETWORK_ERROR", message, options);
  }
}
