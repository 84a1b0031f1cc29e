import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * A request got no answer: the connection was refused or reset, or the host name did not resolve. If the connection was already
 * established, the other side may have carried out the request. The socket's error is the `cause`.
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
