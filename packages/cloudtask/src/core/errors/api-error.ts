import type { RpcStatus } from "../rpc-status.ts";
import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * Cloud Tasks answered, and refused: a `google.rpc.Status` with its code, message and details. Not thrown for a call
 * that got no answer (`NetworkError`, `TimeoutError`).
 *
 * @example
 * ```ts
 * if (error instanceof ApiError && error.status === "NOT_FOUND") await createTheQueue();
 * ```
 */
export class ApiError extends CloudTaskError {
  override readonly name = "ApiError";
  declare readonly code: "API_ERROR";
  /** The google.rpc code by name, such as `NOT_FOUND`. */
  readonly status: RpcStatus;
  /** The HTTP status of the answer. */
  readonly httpStatus: number;
  /** What Cloud Tasks said, word for word, save that a secret in it is replaced by `[secret]`. */
  readonly apiMessage: string;
  /** The details of the `google.rpc.Status`, as they came, save that a secret in them is replaced by `[secret]`. */
  readonly details: readonly unknown[];
  /** How long the service asked to wait (`Retry-After`), in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    answer: {
      readonly status: RpcStatus;
      readonly httpStatus: number;
      readonly apiMessage: string;
      readonly details?: readonly unknown[];
      readonly retryAfterMs?: number | undefined;
    },
  ) {
    super("API_ERROR", message);
    this.status = answer.status;
    this.httpStatus = answer.httpStatus;
    this.apiMessage = answer.apiMessage;
    this.details = answer.details ?? [];
    this.retryAfterMs = answer.retryAfterMs;
  }
}
