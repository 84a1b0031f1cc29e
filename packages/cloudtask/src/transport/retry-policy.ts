import { type Duration, durationMs } from "../core/duration.ts";

/**
 * Retries of API calls after transient failures: no answer, a timeout, or HTTP 408, 429, 500, 502, 503 or 504.
 *
 * The wait before retry n is random, between 0 and `minDelay · 2^(n-1)`, and at most `maxDelay` ("full jitter": clients that
 * failed together do not retry together). It is never shorter than the `Retry-After` of the answer.
 *
 * @example
 * ```ts
 * const apiRetry: ApiRetryOptions = { totalTimeout: "1m", maxDelay: "10s" };
 * ```
 */
export interface ApiRetryOptions {
  /**
   * The time limit of a call with all its retries. If you set it, the limit includes the wait for a free connection (a client has
   * 128). `0` disables retries, and only the timeout of a request applies. Default: `"20s"`, and the wait for a connection does
   * not count while the API answers other calls.
   */
  readonly totalTimeout?: Duration | undefined;
  /** The longest wait before the first retry. It doubles with each further retry. Default `"100ms"`. */
  readonly minDelay?: Duration | undefined;
  /** The longest wait before any retry, unless the answer demands more. Default `"5s"`. */
  readonly maxDelay?: Duration | undefined;
}

/** `ApiRetryOptions` in milliseconds, with defaults. */
export interface RetryPolicy {
  readonly totalTimeoutMs: number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** The time limit since the first refused connection. */
  readonly refusedTimeoutMs: number;
  /** `true` if the total timeout includes the wait for a free connection. */
  readonly includesWait: boolean;
}

// If nothing listens at the emulator's address, it was probably not started, and the developer should learn that soon. Two
// seconds still cover a restart.
const EMULATOR_REFUSED_MS = 2_000;

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError if an option is not a duration, or `minDelay` exceeds `maxDelay`
 */
export function retryPolicy(options: ApiRetryOptions = {}, emulator = false): RetryPolicy {
  const totalTimeoutMs = durationMs(options.totalTimeout ?? "20s", "apiRetry.totalTimeout");
  const minDelayMs = durationMs(options.minDelay ?? "100ms", "apiRetry.minDelay");
  const maxDelayMs = durationMs(options.maxDelay ?? Math.max(5_000, minDelayMs), "apiRetry.maxDelay");
  if (minDelayMs > maxDelayMs) {
    throw new TypeError(
      `apiRetry.minDelay (${minDelayMs}ms) must not be longer than apiRetry.maxDelay (${maxDelayMs}ms)`,
    );
  }
  const refusedTimeoutMs = emulator ? Math.min(EMULATOR_REFUSED_MS, totalTimeoutMs) : totalTimeoutMs;
  const includesWait = options.totalTimeout !== undefined && totalTimeoutMs > 0;
  return { totalTimeoutMs, minDelayMs, maxDelayMs, refusedTimeoutMs, includesWait };
}
