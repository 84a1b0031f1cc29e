import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * With `eager: "remote"`, the worker at `url` did not answer with success.
 *
 * @example
 * ```ts
 * if (error instanceof RemoteDeliveryError) console.error(error.httpStatus, error.body);
 * ```
 */
export class RemoteDeliveryError extends CloudTaskError {
  override readonly name = "RemoteDeliveryError";
  declare readonly code: "REMOTE_DELIVERY_FAILED";
  /** The worker's HTTP status. */
  readonly httpStatus: number;
  /** The worker's answer, save that a secret in it is replaced by `[secret]`. */
  readonly body: string;
  constructor(message: string, httpStatus: number, body: string) {
    super("REMOTE_DELIVERY_FAILED", message);
    this.httpStatus = httpStatus;
    this.body = body;
  }
}
