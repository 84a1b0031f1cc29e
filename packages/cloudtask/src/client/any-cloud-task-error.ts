import { isBrandedError } from "../core/errors/cloud-task-error.ts";
import type { CoreError } from "../core/errors/has-code.ts";
import type { DeferredPushError } from "./defer/deferred-push-error.ts";
import type { PushManyError } from "./push-many/push-many-error.ts";

/**
 * All errors of this library as one type. A check of `code` selects the error, with its fields.
 *
 * @example
 * ```ts
 * function describe(error: AnyCloudTaskError): string {
 *   switch (error.code) {
 *     case "API_ERROR":
 *       return `Cloud Tasks answered ${error.status}`;
 *     case "LIMIT_EXCEEDED":
 *       return `${error.limit}: ${error.actual} instead of at most ${error.allowed}`;
 *     default:
 *       return error.message;
 *   }
 * }
 * ```
 */
export type AnyCloudTaskError = CoreError | DeferredPushError | PushManyError;

/**
 * Checks whether a caught value is an error of this library. Unlike `instanceof CloudTaskError`, it also recognizes the errors
 * of another copy of the package in the same process.
 *
 * @param error - a caught value
 * @returns `true` for an error of this library; its `code` then identifies the error
 *
 * @example
 * ```ts
 * try {
 *   await sendWelcomeEmail({ userId: "123" }).push();
 * } catch (error) {
 *   if (isCloudTaskError(error) && error.code === "TIMEOUT") metrics.increment("push.timeout", error.timeoutMs);
 *   throw error;
 * }
 * ```
 */
export function isCloudTaskError(error: unknown): error is AnyCloudTaskError {
  return isBrandedError(error);
}
