import { durationText } from "../core/duration.ts";
import { ApiError } from "../core/errors/api-error.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { hasCode } from "../core/errors/has-code.ts";
import { NetworkError } from "../core/errors/network-error.ts";
import { TimeoutError } from "../core/errors/timeout-error.ts";
import { onAbort } from "./abort-signal.ts";
import { isUnauthenticated, type RetryPolicy, retryDelayMs } from "./retry-policy.ts";

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
  /** Whether a retry after 401 gets a new access token. */
  readonly renewable: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((failure: CloudTaskError) => void) | undefined;
}

/** The real clock, random numbers and timers. */
export const realRuntime: RetryRuntime = { now: () => performance.now(), random: Math.random, sleep };

/**
 * Sends a request until it succeeds, fails permanently, or the time is up.
 *
 * @param send - sends one request within a limit in milliseconds
 * @returns the value of `send`, and the number of requests
 * @throws the failure of the last request. After several requests its message tells their number and duration.
 */
export async function withRetry<T>(
  send: (limitMs: number) => Promise<T>,
  context: RetryContext,
): Promise<{ readonly value: T; readonly attempts: number }> {
  const { policy, runtime, signal, onRetry } = context;
  const start = runtime.now();
  let renewable = context.renewable;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return { value: await send(limitMs(context, start)), attempts };
    } catch (reason) {
      const failure = CloudTaskError.from(reason);
      const elapsedMs = runtime.now() - start;
      const delayMs = retryDelayMs(policy, { failure, attempts, elapsedMs, renewable }, runtime.random());
      if (delayMs === undefined) throw withAttempts(failure, attempts, elapsedMs);
      renewable &&= !isUnauthenticated(failure);
      onRetry?.(failure);
      if (delayMs > 0) await runtime.sleep(delayMs, signal);
    }
  }
}

function limitMs({ policy, runtime, timeoutMs }: RetryContext, start: number): number {
  if (policy.totalTimeoutMs === 0) return timeoutMs;
  // At least a millisecond: a timer that fires slightly late must not leave the last request without any time.
  return Math.max(1, Math.min(timeoutMs, policy.totalTimeoutMs - (runtime.now() - start)));
}

function withAttempts(failure: CloudTaskError, attempts: number, elapsedMs: number): CloudTaskError {
  if (attempts === 1) return failure;
  const message = `${failure.message} (${attempts} attempts over ${durationText(elapsedMs)})`;
  const options = { cause: failure.cause };
  if (hasCode(failure, "API_ERROR")) return new ApiError(message, failure);
  if (hasCode(failure, "NETWORK_ERROR")) return new NetworkError(message, options);
  if (hasCode(failure, "TIMEOUT")) return new TimeoutError(message, failure.timeoutMs, options);
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
