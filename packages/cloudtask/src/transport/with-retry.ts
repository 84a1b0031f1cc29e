import { onAbort } from "../core/abort-signal.ts";
import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { CallTime } from "./call-time.ts";
import { loadFailures } from "./late-failures.ts";
import type { Retries } from "./retries.ts";
import type { RetryPolicy } from "./retry-policy.ts";

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
  const { policy, runtime, timeoutMs, signal } = context;
  const time = new CallTime(policy, () => runtime.now());
  let retries: Retries | undefined;
  for (let attempts = 1; ; attempts += 1) {
    try {
      const mayHaveActed = retries?.mayHaveActed ?? false;
      return { value: await send({ time, timeoutMs, mayHaveActed }), attempts };
    } catch (reason) {
      retries ??= new (await loadFailures()).Retries(context, time);
      const delayMs = retries.after(reason, attempts);
      if (delayMs > 0) await runtime.sleep(delayMs, signal);
    }
  }
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
