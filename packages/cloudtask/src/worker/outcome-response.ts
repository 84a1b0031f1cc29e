import { hasCode } from "../core/errors/has-code.ts";
import { retryAfterSeconds } from "../core/errors/retry-after-error.ts";
import { DISCARD_FAILED_STATUS, type ExecutionOutcome } from "../execution/execution-outcome.ts";

/** Why a request was answered without running a task. `detail`, if present, replaces `message` in the log. */
export type Refusal =
  | { readonly kind: "unknown-task"; readonly message: string }
  | { readonly kind: "unauthenticated"; readonly message: string; readonly detail?: string }
  | { readonly kind: "forbidden"; readonly message: string; readonly detail?: string }
  | { readonly kind: "keys-unavailable"; readonly message: string; readonly detail?: string }
  | { readonly kind: "method-not-allowed"; readonly message: string }
  | { readonly kind: "malformed"; readonly message: string }
  | { readonly kind: "too-large"; readonly message: string }
  | { readonly kind: "full"; readonly message: string }
  | { readonly kind: "draining"; readonly message: string }
  | { readonly kind: "misconfigured"; readonly message: string };

/** How a delivery ended: the outcome of running its task, or the reason why it was rejected before that. */
export type Outcome = ExecutionOutcome | Refusal;

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How long Cloud Tasks is asked to wait for a worker that is draining or full, in seconds. */
const RETRY_SOON = { "Retry-After": "5" } as const;

type Table = {
  readonly [Kind in Outcome["kind"]]: (outcome: Extract<Outcome, { kind: Kind }>, nowMs: number) => Answer;
};

/**
 * What each outcome is answered, and so what Cloud Tasks does: 2xx deletes the task, anything else retries it with the
 * queue's backoff, and 429 or 503 slow the whole queue, so that they stand for overload alone. An error never shows in
 * an answer: what it says may be secret.
 */
const TABLE: Table = {
  success: ({ result }) => ({ status: 200, body: { status: "success", result } }),
  discarded: ({ reason }) => ({
    status: 200,
    body: { status: "discarded", reason },
    headers: { "CloudTask-Outcome": "discarded" },
  }),
  "discard-failed": ({ error }, nowMs) => ({
    status: DISCARD_FAILED_STATUS,
    body: { status: "error" },
    headers: retryAfter(error, nowMs),
  }),
  error: ({ error }, nowMs) => ({ status: 500, body: { status: "error" }, headers: retryAfter(error, nowMs) }),
  aborted: () => ({ status: 504, body: { status: "aborted" } }),
  "unknown-task": ({ message }) => ({ status: 404, body: { status: "unknown-task", message } }),
  unauthenticated: ({ message }) => ({ status: 401, body: { status: "unauthenticated", message } }),
  forbidden: ({ message }) => ({ status: 403, body: { status: "forbidden", message } }),
  // Also 429: nobody knows whether the token is good, the task did not run, and others will fare no better for a while.
  "keys-unavailable": ({ message }) => ({
    status: 429,
    body: { status: "keys-unavailable", message },
    headers: RETRY_SOON,
  }),
  "method-not-allowed": ({ message }) => ({
    status: 405,
    body: { status: "method-not-allowed", message },
    headers: { Allow: "POST" },
  }),
  malformed: ({ message }) => ({ status: 400, body: { status: "malformed", message } }),
  "too-large": ({ message }) => ({ status: 413, body: { status: "too-large", message } }),
  // 429 and not 503: Cloud Tasks slows the queue for either, but only a 4xx can be told from an attempt that ran and failed,
  // so that it does not count towards `maxAttempts`.
  full: ({ message }) => ({ status: 429, body: { status: "full", message }, headers: RETRY_SOON }),
  draining: ({ message }) => ({ status: 503, body: { status: "draining", message }, headers: RETRY_SOON }),
  misconfigured: ({ message }) => ({ status: 500, body: { status: "misconfigured", message } }),
};

/**
 * @param outcome - how a delivery ended
 * @param nowMs - the present, in milliseconds since the epoch: `Retry-After` counts from it
 * @returns the answer that makes Cloud Tasks do the right thing next
 */
export function outcomeResponse(outcome: Outcome, nowMs: number = Date.now()): Response {
  const answer = (TABLE[outcome.kind] as (outcome: Outcome, nowMs: number) => Answer)(outcome, nowMs);
  const headers = { "Content-Type": "application/json", ...answer.headers };
  return new Response(textOf(answer.body), { status: answer.status, headers });
}

/** The work is done: a result that JSON cannot carry is left out rather than turned into a failure. */
function textOf(body: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(body);
  } catch {
    return JSON.stringify({ ...body, result: undefined });
  }
}

function retryAfter(error: unknown, nowMs: number): Record<string, string> {
  return hasCode(error, "RETRY_AFTER") ? { "Retry-After": String(retryAfterSeconds(error, nowMs)) } : {};
}
