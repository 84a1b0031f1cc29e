import type { QueueSettings, RetrySettings } from "../../engine/records.ts";
import { invalidArgument } from "../rpc-error.ts";

const DEFAULT_RATE = 500;

/** One dispatch in eleven days. Google documents no minimum; far below, the delay of a dispatch exceeds the range of times. */
const LEAST_RATE = 1e-6;

/** The longest `google.protobuf.Duration`, about 10,000 years. Source: google/protobuf/duration.proto */
const LONGEST_DURATION_MS = 315_576_000_000_000;

/** The settings of a queue that is created without any. */
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
  // 31 days: `Queue.task_ttl` in google/cloud/tasks/v2beta3/queue.proto
  taskTtlMs: 31 * 86_400_000,
  tombstoneTtlMs: undefined,
  routing: undefined,
  httpTarget: undefined,
};

/** Cloud Tasks derives the burst size from the rate: a fifth of it, rounded down, and at least 10. */
export function burstSizeFor(ratePerSecond: number): number {
  return Math.max(10, Math.floor(ratePerSecond / 5));
}

/** Whether Cloud Tasks accepts a `tombstone_ttl`. */
export function isTombstoneTtl(ms: number): boolean {
  return ms >= DAY_MS / 24 && ms <= 9 * DAY_MS;
}

/**
 * Checks the settings of a queue in the options of the emulator. They allow fractions of a second that the API rejects, which
 * keep tests fast.
 *
 * @throws RpcError for the first setting that is out of range, with the message of the real service
 */
export function checkQueueSettings(settings: QueueSettings): void {
  check(rateRules, settings);
  check(retryRules([notNegative]), settings);
  check(timeRules, settings);
}

/** @throws RpcError for the first setting of a queue in a request that the service rejects */
export function checkQueueConfig(settings: QueueSettings): void {
  check(rateRules, settings);
  checkRetryConfig(settings);
  check(timeRules, settings);
}

/** @throws RpcError for the first retry setting of a queue or task in a request that the service rejects */
export function checkRetryConfig(settings: RetrySettings): void {
  check(retryRules(wholeSeconds), settings);
}

type Rule<T> = readonly [holds: (settings: T) => boolean, message: string];

function check<T>(rules: readonly Rule<T>[], settings: T): void {
  const broken = rules.find(([holds]) => !holds(settings));
  if (broken) throw invalidArgument(broken[1]);
}

const rateRules: readonly Rule<QueueSettings>[] = [
  [(s) => !(s.maxDispatchesPerSecond < 0), "RateLimits.maxDispatchesPerSecond cannot be negative."],
  [
    (s) => s.maxDispatchesPerSecond >= LEAST_RATE,
    `RateLimits.maxDispatchesPerSecond must be at least ${LEAST_RATE.toFixed(6)}; pause the queue to stop its dispatches.`,
  ],
  [(s) => s.maxDispatchesPerSecond <= 500, "RateLimits.maxDispatchesPerSecond must be less than or equal to 500."],
  [(s) => s.maxConcurrentDispatches >= 0, "RateLimits.maxConcurrentDispatches cannot be negative."],
  [(s) => s.maxConcurrentDispatches <= 5000, "RateLimits.maxConcurrentDispatches must be less than or equal to 5000."],
  [
    (s) => isInt32(s.maxConcurrentDispatches),
    "RateLimits.maxConcurrentDispatches must be an integer of at most 2147483647.",
  ],
];

const negativeSeconds = "RetryConfig.max_retry_duration.seconds cannot be negative.";
const notNegative: Rule<RetrySettings> = [(s) => s.maxRetryDurationMs >= 0, negativeSeconds];

/** The API checks the two fields of the duration: seconds, and then nanos. */
const wholeSeconds: readonly Rule<RetrySettings>[] = [
  [(s) => s.maxRetryDurationMs > -1000, negativeSeconds],
  [(s) => s.maxRetryDurationMs % 1000 === 0, "RetryConfig.max_retry_duration.nanos cannot be set."],
];

const retryRules = (retryDuration: readonly Rule<RetrySettings>[]): readonly Rule<RetrySettings>[] => [
  [(s) => s.maxAttempts >= -1, "RetryConfig.maxAttempts must be greater or equal to -1."],
  [(s) => s.maxDoublings >= 0, "RetryConfig.maxDoublings cannot be negative."],
  [(s) => s.minBackoffMs >= 0, "RetryConfig.minBackoff cannot be negative."],
  [(s) => s.maxBackoffMs >= 0, "RetryConfig.maxBackoff cannot be negative."],
  ...retryDuration,
  [(s) => isInt32(s.maxAttempts), "RetryConfig.maxAttempts must be an integer of at most 2147483647."],
  [(s) => isInt32(s.maxDoublings), "RetryConfig.maxDoublings must be an integer of at most 2147483647."],
  [(s) => isDuration(s.maxRetryDurationMs), "RetryConfig.maxRetryDuration must be at most 315576000000s."],
  [(s) => isDuration(s.maxBackoffMs), "RetryConfig.maxBackoff must be at most 315576000000s."],
  [
    (s) => s.minBackoffMs <= s.maxBackoffMs,
    "RetryConfig.minBackoff must be less than or equal to RetryConfig.maxBackoff.",
  ],
];

function isInt32(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31;
}

function isDuration(ms: number): boolean {
  return ms <= LONGEST_DURATION_MS;
}

const DAY_MS = 86_400_000;

/** The bounds of `sampling_ratio`, `task_ttl` and `tombstone_ttl`: google/cloud/tasks/v2beta3/queue.proto */
const timeRules: readonly Rule<QueueSettings>[] = [
  [
    ({ loggingSamplingRatio: ratio }) => ratio === undefined || (ratio >= 0 && ratio <= 1),
    "sampling_ratio must be between 0.0 and 1.0.",
  ],
  [
    (s) => s.taskTtlMs >= 10 * DAY_MS && s.taskTtlMs <= 3650 * DAY_MS,
    "Queue.taskTtl must be between 10 days and 10 years.",
  ],
  [
    ({ tombstoneTtlMs: ttl }) => ttl === undefined || isTombstoneTtl(ttl),
    "Queue.tombstoneTtl must be between 1 hour and 9 days.",
  ],
];
