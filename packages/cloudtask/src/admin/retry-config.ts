import { parseDurationJson } from "../core/duration.ts";
import { type Json, numberOf } from "./json-fields.ts";

/**
 * The retry settings that Cloud Tasks applies.
 *
 * @example
 * ```ts
 * const { retry }: { retry: RetryConfig } = await admin.queues.get("payments");
 * ```
 */
export interface RetryConfig {
  /** The maximum number of attempts, or -1 for no limit. */
  readonly maxAttempts: number;
  /** Milliseconds before the first retry. */
  readonly minBackoff: number;
  /** The longest delay before a retry, in milliseconds. */
  readonly maxBackoff: number;
  /** How many times the delay doubles before it grows by a constant step. */
  readonly maxDoublings: number;
  /** Milliseconds since the first attempt for which a task is retried; `undefined` if only the number of attempts limits it. */
  readonly maxRetryDuration: number | undefined;
}

/** Reads a `RetryConfig` of the API. Fields that are zero are not sent, and only `maxDoublings` can be zero. */
export function readRetryConfig(json: Json): RetryConfig {
  return {
    maxAttempts: numberOf(json.maxAttempts) ?? 0,
    minBackoff: parseDurationJson(json.minBackoff) ?? 0,
    maxBackoff: parseDurationJson(json.maxBackoff) ?? 0,
    maxDoublings: numberOf(json.maxDoublings) ?? 0,
    maxRetryDuration: parseDurationJson(json.maxRetryDuration),
  };
}
