import { durationText } from "../core/duration.ts";
import { ApiError } from "../core/errors/api-error.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { hasCode } from "../core/errors/has-code.ts";
import { NetworkError } from "../core/errors/network-error.ts";
import { TimeoutError } from "../core/errors/timeout-error.ts";
import { onAbort } from "./abort-signal.ts";
import { isUnauthenticated, type RetryPolicy, retryDelayMs } from "./retry-policy.ts";

/** Time and chance, injectable. */
export interface RetryRuntime {
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** A number from 0 up to 1. */
  random(): number;
  /** Resolves after so many milliseconds, or once the signal is aborted: the next send is what reports that. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

/** What a repeated send needs to know. */
export interface RetryContext {
  readonly policy: RetryPolicy;
  readonly runtime: RetryRuntime;
  /** The limit of one send, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether a send that failed with 401 comes with a fresh token when repeated. */
  readonly renewable: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((failure: CloudTaskError) => void) | undefined;
}

/** The real clock, chance and wait. */
export const realRuntime: RetryRuntime = { now: () => performance.now(), random: Math.random, sleep };

/**
 * Sends until it succeeds, fails for good, or the time is up.
 *
 * @param send - one attempt, with the milliseconds it may take; it throws a `CloudTaskError`
 * @param context - the policy and the rest
 * @returns what `send` returned, and how many sends it took
 * @throws the failure of the last send; where there were several, its message says how many, and over how long
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
      if (delayMs === undefined) throw counted(failure, attempts, elapsedMs);
      renewable &&= !isUnauthenticated(failure);
      onRetry?.(failure);
      if (delayMs > 0) await runtime.sleep(delayMs, signal);
    }
  }
}

function limitMs({ policy, runtime, timeoutMs }: RetryContext, start: number): number {
  if (policy.totalTimeoutMs === 0) return timeoutMs;
  // At least a millisecond: a wait that ended a little late must not turn the last send into nothing.
  return Math.max(1, Math.min(timeoutMs, policy.totalTimeoutMs - (runtime.now() - start)));
}

function counted(failure: CloudTaskError, attempts: number, elapsedMs: number): CloudTaskError {
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
    const unlisten = signal && onAbort(signal, end);
    const timer = setTimeout(end, ms);
    function end(): void {
      clearTimeout(timer);
      unlisten?.();
      resolve();
    }
  });
}
