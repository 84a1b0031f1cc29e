import { onAbort } from "../core/abort-signal.ts";
import { durationText } from "../core/duration.ts";
import { ApiError } from "../core/errors/api-error.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { hasCode } from "../core/errors/has-code.ts";
import { NetworkError } from "../core/errors/network-error.ts";
import { TimeoutError } from "../core/errors/timeout-error.ts";
import { CallTime } from "./call-time.ts";
import { isRefused, isUnauthenticated, mayHaveActed, type RetryPolicy, retryDelayMs } from "./retry-policy.ts";

/** Clock, random numbers and waiting. Tests replace them. */
export interface RetryRuntime {
  /** Milliseconds on a monotonic clock. */
  now(): number;
  /** A random number of 0 or more, below 1. */
  random(): number;
  /** Resolves after a delay, or when the signal is aborted. The next request then reports the abort. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

/** The policy and the surroundings of one call. */
export interface RetryContext {
  readonly policy: RetryPolicy;
  readonly runtime: RetryRuntime;
  /** Time limit of one request, in milliseconds. */
  readonly timeoutMs: number;
  /** `true` if a retry after 401 gets a new access token. */
  readonly renewable: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((failure: CloudTaskError) => void) | undefined;
}

/** One request of a call. */
export interface Attempt {
  readonly time: CallTime;
  /** The longest time limit of the request, in milliseconds. */
  readonly timeoutMs: number;
  /** `true` if the API may have carried out an earlier request of the call. */
  readonly mayHaveActed: boolean;
}

/** The real clock, random numbers and timers. */
export const realRuntime: RetryRuntime = { now: () => performance.now(), random: Math.random, sleep };

/**
 * Sends a request until it succeeds, fails permanently, or the time is up.
 *
 * @param send - sends one request
 * @returns the value of `send`, and the number of requests
 * @throws the failure of the last request. After several requests, its message contains their number and duration.
 */
export async function withRetry<T>(
  send: (attempt: Attempt) => Promise<T>,
  context: RetryContext,
): Promise<{ readonly value: T; readonly attempts: number }> {
  const { policy, runtime, timeoutMs, signal, onRetry } = context;
  const time = new CallTime(policy, () => runtime.now());
  let renewable = context.renewable;
  let acted = false;
  let firstRefusedMs: number | undefined;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return { value: await send({ time, timeoutMs, mayHaveActed: acted }), attempts };
    } catch (reason) {
      const failure = CloudTaskError.from(reason);
      const elapsedMs = time.elapsedMs();
      firstRefusedMs = isRefused(failure) ? (firstRefusedMs ?? elapsedMs) : undefined;
      const refusedMs = elapsedMs - (firstRefusedMs ?? elapsedMs);
      const delayMs = retryDelayMs(policy, { failure, attempts, elapsedMs, refusedMs, renewable }, runtime.random());
      if (delayMs === undefined) throw withAttempts(failure, attempts, elapsedMs);
      renewable &&= !isUnauthenticated(failure);
      acted ||= mayHaveActed(failure);
      onRetry?.(failure);
      if (delayMs > 0) await runtime.sleep(delayMs, signal);
    }
  }
}

function withAttempts(failure: CloudTaskError, attempts: number, elapsedMs: number): CloudTaskError {
  if (attempts === 1) return failure;
  const message = `${failure.message} (${attempts} attempts over ${durationText(elapsedMs)})`;
  const { cause } = failure;
  if (hasCode(failure, "API_ERROR")) return new ApiError(message, failure);
  if (hasCode(failure, "NETWORK_ERROR")) return new NetworkError(message, { cause });
  if (hasCode(failure, "TIMEOUT")) return new TimeoutError(message, failure.timeoutMs, { cause, sent: failure.sent });
  return failure;
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const stopListening = signal && onAbort(signal, end);
    const timer = setTimeout(end, ms);
    function end(): void {
      clearTimeout(timer);
      stopListening?.();
      resolve();
    }
  });
}
