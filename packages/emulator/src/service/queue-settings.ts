import type { QueueSettings } from "../engine/records.ts";
import { invalidArgument } from "./rpc-error.ts";

const DEFAULT_RATE = 500;

/** What a queue gets that says nothing. */
export const defaultQueueSettings: QueueSettings = {
  maxDispatchesPerSecond: DEFAULT_RATE,
  maxBurstSize: burstSizeFor(DEFAULT_RATE),
  maxConcurrentDispatches: 1000,
  maxAttempts: 100,
  maxRetryDurationMs: 0,
  minBackoffMs: 100,
  maxBackoffMs: 3_600_000,
  maxDoublings: 16,
  loggingSamplingRatio: undefined,
};

/**
 * Cloud Tasks derives the burst from the rate and does not say how: 100 for 500/s and 10 for 1/s are known, a fifth of the
 * rate but at least 10 fits both.
 */
export function burstSizeFor(ratePerSecond: number): number {
  return Math.max(10, Math.ceil(ratePerSecond / 5));
}

/** @throws RpcError with the message of the real service for the first limit that does not hold */
export function checkQueueSettings(settings: QueueSettings): void {
  const broken = rules.find(([holds]) => !holds(settings));
  if (broken) throw invalidArgument(broken[1]);
}

const rules: readonly (readonly [holds: (settings: QueueSettings) => boolean, message: string])[] = [
  [(s) => s.maxDispatchesPerSecond >= 0, "RateLimits.maxDispatchesPerSecond cannot be negative."],
  [(s) => s.maxDispatchesPerSecond <= 500, "RateLimits.maxDispatchesPerSecond must be less than or equal to 500."],
  [(s) => s.maxConcurrentDispatches >= 0, "RateLimits.maxConcurrentDispatches cannot be negative."],
  [(s) => s.maxConcurrentDispatches <= 5000, "RateLimits.maxConcurrentDispatches must be less than or equal to 5000."],
  [(s) => s.maxAttempts >= -1, "RetryConfig.maxAttempts must be greater or equal to -1."],
  [(s) => s.maxRetryDurationMs >= 0, "RetryConfig.maxRetryDuration cannot be negative."],
  [(s) => s.maxDoublings >= 0, "RetryConfig.maxDoublings cannot be negative."],
  [(s) => s.minBackoffMs >= 0, "RetryConfig.minBackoff cannot be negative."],
  [(s) => s.maxBackoffMs >= 0, "RetryConfig.maxBackoff cannot be negative."],
  [
    (s) => s.minBackoffMs <= s.maxBackoffMs,
    "RetryConfig.minBackoff must be less than or equal to RetryConfig.maxBackoff.",
  ],
];
