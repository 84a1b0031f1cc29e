import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * A call was not sent, because the calls before it failed one after the other for reasons that pass: the Cloud Tasks API
 * looks down, and whoever waits is told so at once rather than after all retries. Nothing was created. The last failure is
 * the `cause`. Not thrown where the API refused something: that is an answer (`ApiError`).
 *
 * @example
 * ```ts
 * if (error instanceof CircuitOpenError) response.writeHead(503, { "Retry-After": Math.ceil(error.retryAfterMs / 1000) });
 * ```
 */
export class CircuitOpenError extends CloudTaskError {
  override readonly name = "CircuitOpenError";
  /** In how many milliseconds the next call will be let through; 0 while one is on its way to find out. */
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs: number, options?: ErrorOptions) {
    super("CIRCUIT_OPEN", message, options);
    this.retryAfterMs = retryAfterMs;
  }
}
