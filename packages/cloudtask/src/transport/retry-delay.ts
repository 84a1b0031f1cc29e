import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { hasCode } from "../core/errors/has-code.ts";
import type { RpcStatus } from "../core/rpc-status.ts";
import { mayHaveActed, NEVER_SENT } from "./may-have-acted.ts";
import type { RetryPolicy } from "./retry-policy.ts";
import { socketFault } from "./socket-fault.ts";

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

const TRANSIENT_HTTP: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
// ABORTED means that a transaction lost a race. Each call is one transaction, so a retry of the call repeats it.
const TRANSIENT_RPC: ReadonlySet<RpcStatus> = new Set([
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "RESOURCE_EXHAUSTED",
  "INTERNAL",
  "ABORTED",
]);
// The next answer would be just as large.
const TOO_LARGE = "ERR_RESPONSE_TOO_LARGE";

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
