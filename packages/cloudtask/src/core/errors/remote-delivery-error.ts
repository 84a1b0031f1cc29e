import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * The worker at `url` did not answer an eager push with success. Only a client with `eager: "remote"` throws it.
 *
 * @example
 * ```ts
 * if (error instanceof RemoteDeliveryError) console.error(error.httpStatus, error.body);
 * ```
 */
export class RemoteDeliveryError extends CloudTaskError {
  override readonly name = "RemoteDeliveryError";
  declare readonly code: "REMOTE_DELIVERY_FAILED";
  /** The HTTP status of the worker's answer. */
  readonly httpStatus: number;
  /** The body of the worker's answer, at most 65,536 characters. Secrets in it are replaced with `[secret]`. */
  readonly body: string;
  constructor(message: string, httpStatus: number, body: string) {
    super("REMOTE_DELIVERY_FAILED", message);
    this.httpStatus = httpStatus;
    this.body = body;
  }
}
