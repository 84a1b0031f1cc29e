import { errorMessage } from "../error-message.ts";

/** What went wrong, as a literal to switch on. Codes are stable; messages are for people and may change. */
export type CloudTaskErrorCode =
  | "ABORTED"
  | "API_ERROR"
  | "CLIENT_CLOSED"
  | "CONFIGURATION_MISSING"
  | "CREDENTIALS_UNAVAILABLE"
  | "DEADLINE_EXCEEDED"
  | "DEFERRED_PUSH_FAILED"
  | "LIMIT_EXCEEDED"
  | "NETWORK_ERROR"
  | "NON_RETRIABLE"
  | "PAYLOAD_INVALID"
  | "PAYLOAD_NOT_SERIALIZABLE"
  | "PUSH_MANY_FAILED"
  | "REMOTE_DELIVERY_FAILED"
  | "RETRY_AFTER"
  | "TEARDOWN_FAILED"
  | "TIMEOUT"
  | "UNKNOWN";

/** Set on every error of this family. Copies of the package in one process share it, unlike the class. */
const BRAND = Symbol.for("cloudtask.error");

/**
 * The base of every error this library throws for something that can go wrong at run time. Misuse of the API (a wrong
 * type, an unknown option, two definitions with one name) is a `TypeError` instead.
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
  /** What went wrong, as a literal to switch on. */
  readonly code: CloudTaskErrorCode;

  /**
   * @param code - what went wrong
   * @param message - what failed, on what, and what to do about it
   * @param options - `cause`: the error underneath, kept as it came
   */
  constructor(code: CloudTaskErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /**
   * The one door for foreign errors: a `CloudTaskError` comes back as it is, anything else becomes the `cause` of one
   * with the code `UNKNOWN`.
   *
   * @param reason - whatever was thrown
   * @returns an error of this family
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
 * Checks whether an error belongs to this family. Unlike `instanceof`, it also recognizes the errors of another copy of the
 * package, such as the copy that is bundled into a workspace package.
 */
export function isBrandedError(error: unknown): error is CloudTaskError {
  return typeof error === "object" && error !== null && BRAND in error;
}
