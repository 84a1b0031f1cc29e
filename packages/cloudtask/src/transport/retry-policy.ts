import { type Duration, durationMs } from "../core/duration.ts";
import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { hasCode } from "../core/errors/has-code.ts";
import type { RpcStatus } from "../core/rpc-status.ts";
import { socketFault } from "./socket-fault.ts";

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

/** The state of a call after a failed request. */
export interface RetryState {
  readonly failure: CloudTaskError;
  /** Requests so far, 1 or more. */
  readonly attempts: number;
  /** Milliseconds since the first request began. */
  readonly elapsedMs: number;
  /** Milliseconds since the first of the latest refused connections; 0 if this is the first one. */
  readonly refusedMs: number;
  /** `true` if a new access token can help: the transport has credentials, and this call has not renewed them yet. */
  readonly renewable: boolean;
}

// If nothing listens at the emulator's address, it was probably not started, and the developer should learn that soon. Two
// seconds still cover a restart.
const EMULATOR_REFUSED_MS = 2_000;

const TRANSIENT_HTTP: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
// ABORTED means that a transaction lost a race. Each call is one transaction, so a retry of the call repeats it.
const TRANSIENT_RPC: ReadonlySet<RpcStatus> = new Set([
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "RESOURCE_EXHAUSTED",
  "INTERNAL",
  "ABORTED",
]);
const NEVER_CONNECTED =
  /^(ECONNREFUSED|ConnectionRefused|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ERR_PROXY_TUNNEL)$/;
// These can also break an established connection during a request.
const UNREACHABLE = /^(ENETUNREACH|EHOSTUNREACH)$/;
// A wrong certificate, address or header stays wrong. Nothing is sent.
const NEVER_SENT = /CERT|SIGNATURE|^ERR_(INVALID|UNESCAPED|TLS)/;
// The next answer would be just as large.
const TOO_LARGE = "ERR_RESPONSE_TOO_LARGE";

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

/**
 * Decides whether and when to retry after a failed request.
 *
 * @param random - a random number of 0 or more, below 1
 * @returns the delay in milliseconds; `undefined` for no retry
 */
export function retryDelayMs(policy: RetryPolicy, state: RetryState, random: number): number | undefined {
  const { failure, attempts, elapsedMs, refusedMs, renewable } = state;
  const refusedLeftMs = isRefused(failure) ? policy.refusedTimeoutMs - refusedMs : Number.POSITIVE_INFINITY;
  // A rejected token is retried once even if retries are disabled: the request did nothing, and a new token may work.
  if (isUnauthenticated(failure)) return renewable ? 0 : undefined;
  if (!isTransient(failure) || refusedLeftMs <= 0) return undefined;
  const ceilingMs = Math.min(policy.maxDelayMs, policy.minDelayMs * 2 ** (attempts - 1));
  const retryAfterMs = hasCode(failure, "API_ERROR") ? (failure.retryAfterMs ?? 0) : 0;
  // The last retry is at the end of the time for refused connections: each call survives a restart that is shorter.
  const delayMs = Math.min(refusedLeftMs, Math.max(random * ceilingMs, retryAfterMs));
  return delayMs < policy.totalTimeoutMs - elapsedMs ? delayMs : undefined;
}

/**
 * Checks whether the API may have carried out a request that failed. That is possible after a timeout, an abort, a broken
 * connection, a server error or a success that cannot be read. It is not possible after a rejection, or without a connection.
 *
 * @returns `true` if a repeated create may find the task of the failed request
 */
export function mayHaveActed(failure: CloudTaskError): boolean {
  if (hasCode(failure, "API_ERROR")) {
    const { httpStatus } = failure;
    return httpStatus === 408 || httpStatus >= 500 || (httpStatus >= 200 && httpStatus < 300);
  }
  if (hasCode(failure, "NETWORK_ERROR")) {
    const { code = "", syscall } = socketFault(failure.cause);
    const isUnconnected = NEVER_CONNECTED.test(code) || (UNREACHABLE.test(code) && syscall === "connect");
    return !isUnconnected && !NEVER_SENT.test(code);
  }
  if (hasCode(failure, "TIMEOUT") || hasCode(failure, "ABORTED")) return !("sent" in failure && failure.sent === false);
  return false;
}

/** Checks whether no connection was established, for example because the server is down. */
export function isRefused(failure: CloudTaskError): boolean {
  return hasCode(failure, "NETWORK_ERROR") && !mayHaveActed(failure);
}

/** Checks whether the API rejected the access token. */
export function isUnauthenticated(failure: CloudTaskError): boolean {
  return hasCode(failure, "API_ERROR") && failure.httpStatus === 401;
}

/** Checks whether a retry may succeed. */
export function isTransient(failure: CloudTaskError): boolean {
  if (hasCode(failure, "API_ERROR")) return TRANSIENT_HTTP.has(failure.httpStatus) || TRANSIENT_RPC.has(failure.status);
  if (hasCode(failure, "NETWORK_ERROR")) return !isPermanent(socketFault(failure.cause).code ?? "");
  return hasCode(failure, "TIMEOUT");
}

function isPermanent(code: string): boolean {
  return code === TOO_LARGE || NEVER_SENT.test(code);
}
