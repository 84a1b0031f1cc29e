import { type Duration, durationMs } from "../core/duration.ts";
import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { hasCode } from "../core/errors/has-code.ts";
import type { RpcStatus } from "../core/rpc-status.ts";
import { socketFault } from "./network-failure.ts";

/**
 * How calls of the Cloud Tasks API are repeated where they failed for a reason that passes: no answer, a timeout, HTTP
 * 408, 429, 500, 502, 503 or 504. The wait before retry n is random between nothing and `minDelay · 2^(n-1)`, at most
 * `maxDelay` ("full jitter", so that clients which failed together do not return together), and never less than the
 * `Retry-After` of the answer.
 *
 * @example
 * ```ts
 * const retry: RetryOptions = { totalTimeout: "1m", maxDelay: "10s" };
 * ```
 */
export interface RetryOptions {
  /** The time a call may take with all its retries. `0` sends once, and leaves the limit to the timeout. Default `"20s"`. */
  readonly totalTimeout?: Duration | undefined;
  /** The longest wait before the first retry; each one after it may be twice as long. Default `"100ms"`. */
  readonly minDelay?: Duration | undefined;
  /** The longest wait before any retry, save where the answer asks for more. Default `"5s"`. */
  readonly maxDelay?: Duration | undefined;
}

/** `RetryOptions` in milliseconds, complete. */
export interface RetryPolicy {
  readonly totalTimeoutMs: number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** As `totalTimeoutMs`, for a refused connection. */
  readonly refusedTimeoutMs: number;
}

/** Where a call stands after a send that failed. */
export interface RetryState {
  readonly failure: CloudTaskError;
  /** Sends so far, 1 or more. */
  readonly attempts: number;
  /** Milliseconds since the first of them began. */
  readonly elapsedMs: number;
  /** Whether a fresh access token may be asked for: there are tokens, and it has not been done for this call yet. */
  readonly renewable: boolean;
}

// Where nobody listens at an emulator's address it has not been started, and the person waiting is better told soon;
// the moment it takes to restart one is still bridged.
const EMULATOR_REFUSED_MS = 2_000;

const TRANSIENT_HTTP: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
// ABORTED means a transaction lost a race; with one call per transaction, repeating the call is repeating the transaction.
const TRANSIENT_RPC: ReadonlySet<RpcStatus> = new Set([
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "RESOURCE_EXHAUSTED",
  "INTERNAL",
  "ABORTED",
]);
const NEVER_CONNECTED = /^(ECONNREFUSED|ConnectionRefused|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/;
// A connection that stands can break by these too, when a request is on its way.
const UNREACHABLE = /^(ENETUNREACH|EHOSTUNREACH)$/;
// A certificate, an address or a header that is wrong stays wrong, and lets nothing be sent.
const NEVER_SENT = /CERT|SIGNATURE|^ERR_(INVALID|UNESCAPED|TLS)/;
// An answer too large stays large.
const TOO_LARGE = "ERR_RESPONSE_TOO_LARGE";

/**
 * @param options - the user's options
 * @param emulator - whether the calls go to an emulator
 * @returns the policy, with the defaults filled in
 * @throws TypeError where an option is not a duration, or `minDelay` exceeds `maxDelay`
 */
export function retryPolicy(options: RetryOptions = {}, emulator = false): RetryPolicy {
  const totalTimeoutMs = durationMs(options.totalTimeout ?? "20s", "retry.totalTimeout");
  const minDelayMs = durationMs(options.minDelay ?? "100ms", "retry.minDelay");
  const maxDelayMs = durationMs(options.maxDelay ?? Math.max(5_000, minDelayMs), "retry.maxDelay");
  if (minDelayMs > maxDelayMs) {
    throw new TypeError(`retry.minDelay (${minDelayMs}ms) must not be longer than retry.maxDelay (${maxDelayMs}ms)`);
  }
  const refusedTimeoutMs = emulator ? Math.min(EMULATOR_REFUSED_MS, totalTimeoutMs) : totalTimeoutMs;
  return { totalTimeoutMs, minDelayMs, maxDelayMs, refusedTimeoutMs };
}

/**
 * Decides what follows a send that failed.
 *
 * @param policy - the limits
 * @param state - where the call stands
 * @param random - a number from 0 up to 1
 * @returns milliseconds to wait before the next send; `undefined` where there shall be none
 */
export function retryDelayMs(policy: RetryPolicy, state: RetryState, random: number): number | undefined {
  const { failure, attempts, elapsedMs, renewable } = state;
  const refused = hasCode(failure, "NETWORK_ERROR") && !mayHaveActed(failure);
  const leftMs = (refused ? policy.refusedTimeoutMs : policy.totalTimeoutMs) - elapsedMs;
  // A refused token costs one more send, whatever the limits say: it did nothing, and the fresh one is at hand.
  if (isUnauthenticated(failure)) return renewable ? 0 : undefined;
  if (!isTransient(failure)) return undefined;
  const ceilingMs = Math.min(policy.maxDelayMs, policy.minDelayMs * 2 ** (attempts - 1));
  const asked = hasCode(failure, "API_ERROR") ? (failure.retryAfterMs ?? 0) : 0;
  const delayMs = Math.max(random * ceilingMs, asked);
  return delayMs < leftMs ? delayMs : undefined;
}

/**
 * Whether the other side may have done what was asked although the send failed: so it is after a timeout, a broken
 * connection, a server error or a success that cannot be read, and not after a refusal or where no connection was made.
 *
 * @param failure - what a send failed with
 * @returns whether a repeated create may meet the task of the failed send
 */
export function mayHaveActed(failure: CloudTaskError): boolean {
  if (hasCode(failure, "API_ERROR")) {
    const { httpStatus } = failure;
    return httpStatus === 408 || httpStatus >= 500 || (httpStatus >= 200 && httpStatus < 300);
  }
  if (hasCode(failure, "NETWORK_ERROR")) {
    const { code = "", syscall } = socketFault(failure.cause);
    const unconnected = NEVER_CONNECTED.test(code) || (UNREACHABLE.test(code) && syscall === "connect");
    return !unconnected && !NEVER_SENT.test(code);
  }
  return hasCode(failure, "TIMEOUT");
}

/**
 * @param failure - what a send failed with
 * @returns whether the access token was refused
 */
export function isUnauthenticated(failure: CloudTaskError): boolean {
  return hasCode(failure, "API_ERROR") && failure.httpStatus === 401;
}

/**
 * @param failure - what a send failed with
 * @returns whether the reason is one that passes
 */
export function isTransient(failure: CloudTaskError): boolean {
  if (hasCode(failure, "API_ERROR")) return TRANSIENT_HTTP.has(failure.httpStatus) || TRANSIENT_RPC.has(failure.status);
  if (hasCode(failure, "NETWORK_ERROR")) return !isPermanent(socketFault(failure.cause).code ?? "");
  return hasCode(failure, "TIMEOUT");
}

function isPermanent(code: string): boolean {
  return code === TOO_LARGE || NEVER_SENT.test(code);
}
