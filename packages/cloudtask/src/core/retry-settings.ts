import { rejectUnknownOptions } from "./check-options.ts";
import { type Duration, durationMs } from "./duration.ts";

/**
 * The retry settings of a task or a queue, with the names that Cloud Tasks uses.
 *
 * If both `maxAttempts` and `maxRetryDuration` are set, retries stop when both are reached.
 *
 * @example
 * ```ts
 * const retry: RetrySettings = { maxAttempts: 8, minBackoff: "5s", maxBackoff: "10m", maxDoublings: 4 };
 * ```
 */
export interface RetrySettings {
  /** The number of attempts, the first one included: a positive integer, or -1 for no limit. Default of Cloud Tasks: 100. */
  readonly maxAttempts?: number | undefined;
  /** The wait before the first retry, longer than 0. Default of Cloud Tasks: 100 ms. */
  readonly minBackoff?: Duration | undefined;
  /** The longest wait before a retry, at least `minBackoff`. Default of Cloud Tasks: 1 h. */
  readonly maxBackoff?: Duration | undefined;
  /** How often the wait doubles before it grows by a constant step: a positive integer. Default of Cloud Tasks: 16. */
  readonly maxDoublings?: number | undefined;
  /** The time after the first attempt during which a task is retried, in whole seconds; 0 for no limit. Default: no limit. */
  readonly maxRetryDuration?: Duration | undefined;
}

/** Checked retry settings, in milliseconds. A missing field is not set. */
export interface ResolvedRetry {
  readonly maxAttempts?: number;
  readonly minBackoffMs?: number;
  readonly maxBackoffMs?: number;
  readonly maxDoublings?: number;
  /** A multiple of 1000; 0 for no limit. */
  readonly maxRetryDurationMs?: number;
}

/** `RetryConfig` of the API, as proto3 JSON. */
export interface RetryConfigJson {
  readonly maxAttempts?: number;
  readonly maxRetryDuration?: string;
  readonly minBackoff?: string;
  readonly maxBackoff?: string;
  readonly maxDoublings?: number;
}

/** The values that Cloud Tasks uses if a queue or a task sets none, recorded from the service. */
export const DEFAULT_RETRY = {
  maxAttempts: 100,
  minBackoffMs: 100,
  maxBackoffMs: 3_600_000,
  maxDoublings: 16,
  maxRetryDurationMs: 0,
} as const;

/** The longest google.protobuf.Duration. Source: google/protobuf/duration.proto */
const LONGEST_MS = 315_576_000_000_000;

const FIELDS: { readonly [Field in keyof Required<RetrySettings>]: true } = {
  maxAttempts: true,
  maxBackoff: true,
  maxDoublings: true,
  maxRetryDuration: true,
  minBackoff: true,
};

/** Names of these fields in gcloud, queue.yaml and other libraries. */
export const retryNames = {
  attempts: "maxAttempts",
  retries: "maxAttempts",
  limit: "maxAttempts",
  backoff: "minBackoff",
  delay: "minBackoff",
  minDelay: "minBackoff",
  maxDelay: "maxBackoff",
  doublings: "maxDoublings",
  duration: "maxRetryDuration",
  maxRetrySeconds: "maxRetryDuration",
} as const;

/** Checks of single fields. Each returns the checked number; for a duration, in milliseconds. */
export const retryChecks: {
  readonly [Field in keyof Required<RetrySettings>]: (value: unknown, subject: string) => number;
} = {
  maxAttempts: checkAttempts,
  minBackoff: (value, subject) => checkBackoff(value, "minBackoff", subject),
  maxBackoff: (value, subject) => checkBackoff(value, "maxBackoff", subject),
  maxDoublings: checkDoublings,
  maxRetryDuration: checkRetryDuration,
};

/**
 * Checks retry settings as Cloud Tasks does, and fills in the fields that they leave out.
 *
 * Cloud Tasks reads 0 as "not set" and uses its default, so 0 is rejected unless it means the same as the default.
 *
 * @param retry - the settings; `undefined` sets nothing
 * @param subject - the owner of the settings, for messages
 * @param inherited - the settings that apply to missing fields, such as the client's for a definition
 * @throws TypeError for a value that Cloud Tasks would reject or replace
 */
export function checkRetry(retry: unknown, subject: string, inherited: ResolvedRetry = {}): ResolvedRetry {
  const merged = mergeRetry(inherited, checkRetryFields(retry, subject));
  checkBackoffOrder(merged, subject);
  return merged;
}

/** Checks each field of retry settings. A field may still contradict one that another level sets: see `checkBackoffOrder()`. */
export function checkRetryFields(retry: unknown, subject: string): ResolvedRetry {
  if (retry === undefined) return {};
  if (typeof retry !== "object" || retry === null) {
    throw new TypeError(`${subject}: \`retry\` must be settings such as { maxAttempts: 5 }, received ${String(retry)}`);
  }
  rejectUnknownOptions(retry, Object.keys(FIELDS), `${subject}: retry`, retryNames);
  const { maxAttempts, minBackoff, maxBackoff, maxDoublings, maxRetryDuration } = retry as RetrySettings;
  return {
    ...(maxAttempts !== undefined && { maxAttempts: retryChecks.maxAttempts(maxAttempts, subject) }),
    ...(minBackoff !== undefined && { minBackoffMs: retryChecks.minBackoff(minBackoff, subject) }),
    ...(maxBackoff !== undefined && { maxBackoffMs: retryChecks.maxBackoff(maxBackoff, subject) }),
    ...(maxDoublings !== undefined && { maxDoublings: retryChecks.maxDoublings(maxDoublings, subject) }),
    ...(maxRetryDuration !== undefined && {
      maxRetryDurationMs: retryChecks.maxRetryDuration(maxRetryDuration, subject),
    }),
  };
}

/** Merges checked retry settings field by field. A later level overrides an earlier one. */
export function mergeRetry(...levels: readonly (ResolvedRetry | undefined)[]): ResolvedRetry {
  return Object.assign({}, ...levels);
}

/** Returns the settings as the API's `RetryConfig`, or `undefined` if nothing is set. */
export function retryConfigJson(retry: ResolvedRetry): RetryConfigJson | undefined {
  const { maxAttempts, minBackoffMs, maxBackoffMs, maxDoublings, maxRetryDurationMs } = retry;
  const json = {
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(maxRetryDurationMs && { maxRetryDuration: secondsJson(maxRetryDurationMs) }),
    ...(minBackoffMs !== undefined && { minBackoff: secondsJson(minBackoffMs) }),
    ...(maxBackoffMs !== undefined && { maxBackoff: secondsJson(maxBackoffMs) }),
    ...(maxDoublings !== undefined && { maxDoublings }),
  };
  return Object.keys(json).length === 0 ? undefined : json;
}

/**
 * Throws a TypeError if the shortest backoff exceeds the longest one, the defaults of Cloud Tasks included. Call it after merging
 * levels that were checked separately.
 */
export function checkBackoffOrder(retry: ResolvedRetry, subject: string): void {
  const { minBackoffMs = DEFAULT_RETRY.minBackoffMs, maxBackoffMs = DEFAULT_RETRY.maxBackoffMs } = retry;
  if (minBackoffMs <= maxBackoffMs) return;
  const ofDefault = (value: number | undefined): string => (value === undefined ? ", the default of Cloud Tasks" : "");
  throw new TypeError(
    `${subject}: \`retry.minBackoff\` must not be longer than \`retry.maxBackoff\`, received ` +
      `${secondsJson(minBackoffMs)}${ofDefault(retry.minBackoffMs)} and ${secondsJson(maxBackoffMs)}${ofDefault(retry.maxBackoffMs)}`,
  );
}

function checkAttempts(value: unknown, subject: string): number {
  if (value === -1 || isPositiveInt32(value)) return value;
  throw new TypeError(
    `${subject}: \`retry.maxAttempts\` must be a positive integer, or -1 for no limit, received ${display(value)}`,
  );
}

function checkDoublings(value: unknown, subject: string): number {
  if (isPositiveInt32(value)) return value;
  const zero = value === 0 ? "; Cloud Tasks would replace 0 by its default, 16" : "";
  throw new TypeError(
    `${subject}: \`retry.maxDoublings\` must be a positive integer, received ${display(value)}${zero}`,
  );
}

function checkBackoff(value: unknown, field: "minBackoff" | "maxBackoff", subject: string): number {
  const ms = nanosecondMs(value, field, subject);
  if (ms > 0) return ms;
  const replaced = secondsJson(DEFAULT_RETRY[`${field}Ms`]);
  throw new TypeError(
    `${subject}: \`retry.${field}\` must be longer than 0, received ${display(value)}; Cloud Tasks would replace it by its default, ` +
      replaced,
  );
}

function checkRetryDuration(value: unknown, subject: string): number {
  const ms = nanosecondMs(value, "maxRetryDuration", subject);
  if (ms % 1000 === 0) return ms;
  throw new TypeError(
    `${subject}: \`retry.maxRetryDuration\` must be a whole number of seconds, received ${display(value)}`,
  );
}

/** The service keeps durations to the nanosecond. Rounding removes the error of a product such as 1.1 * 3_600_000. */
function nanosecondMs(value: unknown, field: string, subject: string): number {
  const ms = Math.round(durationMs(value as Duration, `${subject}: retry.${field}`) * 1e6) / 1e6;
  if (ms <= LONGEST_MS) return ms;
  throw new TypeError(`${subject}: \`retry.${field}\` must be at most 315576000000s, received ${display(value)}`);
}

function isPositiveInt32(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) < 2 ** 31;
}

/** Formats milliseconds as a Duration of proto3 JSON, to the nanosecond: `"0.1s"`. */
export function secondsJson(ms: number): string {
  return `${(ms / 1000).toFixed(9).replace(/\.?0+$/, "")}s`;
}

function display(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
