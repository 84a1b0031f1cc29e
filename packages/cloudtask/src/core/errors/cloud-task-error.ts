import { errorMessage } from "../error-message.ts";

/** The kind of an error. Codes are stable. Messages are for people and may change. */
export type CloudTaskErrorCode =
  | "ABORTED"
  | "API_ERROR"
  | "CLIENT_CLOSED"
  | "CONFIGURATION_MISSING"
  | "CREDENTIALS_UNAVAILABLE"
  | "DEADLINE_EXCEEDED"
  | "DEFERRED_PUSH_FAILED"
  | "DELETE_MANY_FAILED"
  | "LIMIT_EXCEEDED"
  | "NETWORK_ERROR"
  | "NON_RETRIABLE"
  | "PAYLOAD_INVALID"
  | "PAYLOAD_NOT_SERIALIZABLE"
  | "PLAN_FAILED"
  | "PLAN_OUTDATED"
  | "PUSH_MANY_FAILED"
  | "REMOTE_DELIVERY_FAILED"
  | "RETRY_AFTER"
  | "TEARDOWN_FAILED"
  | "TIMEOUT"
  | "UNKNOWN";

/** Marks every error of this library. All copies of the package in a process share the symbol, but not the classes. */
const BRAND = Symbol.for("cloudtask.error");

/**
 * The base class of all errors that this library throws at run time. Incorrect use of the API (a wrong type, an unknown
 * option, two definitions with one name) throws a `TypeError` instead.
 *
 * @example
 * ```ts
 * try {
 *   await sendWelcomeEmail({ userId: "123" }).push();
 * } catch (error) {
 *   if (error instanceof CloudTaskError && error.code === "NETWORK_ERROR") return "try again later";
 *   throw error;
 * }
 * ```
 */
export class CloudTaskError extends Error {
  override readonly name: string = "CloudTaskError";
  /** The kind of the error: a literal for a `switch`. */
  readonly code: CloudTaskErrorCode;

  /**
   * @param code - the kind of the error
   * @param message - the failed action, its object, and the remedy
   * @param options - `cause`: the underlying error
   */
  constructor(code: CloudTaskErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /**
   * Converts any thrown value to a `CloudTaskError`.
   *
   * @param reason - the thrown value
   * @returns the value itself if it is an error of this library; otherwise an error with the code `UNKNOWN` and the value as
   * its `cause`
   *
   * @example
   * ```ts
   * promise.catch((reason) => logger.error(CloudTaskError.from(reason).code));
   * ```
   */
  static from(reason: unknown): CloudTaskError {
    if (isBrandedError(reason)) return reason;
    return new CloudTaskError("UNKNOWN", errorMessage(reason), { cause: reason });
  }
}

/**
 * Checks whether a value is an error of this library. Unlike `instanceof`, it also recognizes the errors of another copy of
 * the package, such as the copy inside a bundled workspace package.
 */
export function isBrandedError(error: unknown): error is CloudTaskError {
  return typeof error === "object" && error !== null && BRAND in error;
}
