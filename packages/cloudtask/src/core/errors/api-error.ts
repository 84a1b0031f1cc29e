import type { RpcStatus } from "../rpc-status.ts";
import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * The Cloud Tasks API rejected a call, with a `google.rpc.Status`. A call without an answer throws `NetworkError` or
 * `TimeoutError` instead.
 *
 * @example
 * ```ts
 * if (error instanceof ApiError && error.status === "NOT_FOUND") await createTheQueue();
 * ```
 */
export class ApiError extends CloudTaskError {
  override readonly name = "ApiError";
  declare readonly code: "API_ERROR";
  /** The name of the `google.rpc` code, such as `NOT_FOUND`. */
  readonly status: RpcStatus;
  /** The HTTP status of the answer. */
  readonly httpStatus: number;
  /** The message of Cloud Tasks, at most 65,536 characters. Secrets in it are replaced with `[secret]`. */
  readonly apiMessage: string;
  /**
   * The details of the `google.rpc.Status`. Secrets in them are replaced with `[secret]`. Values that are nested too deeply, and
   * values beyond a maximum number, are replaced with `…`.
   */
  readonly details: readonly unknown[];
  /** The wait that the API demands before a retry (`Retry-After` or `RetryInfo`), in milliseconds. */
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
