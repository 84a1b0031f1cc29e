import { hasCode } from "../core/errors/has-code.ts";
import { retryAfterSeconds } from "../core/errors/retry-after-error.ts";
import { DISCARD_FAILED_STATUS, type ExecutionOutcome } from "../execution/execution-outcome.ts";

/**
 * The reason why a request was answered without running a task. `message` is part of the answer. `detail`, if present, replaces
 * it in the log, and may contain more.
 */
export type Rejection =
  | { readonly kind: "unknown-task"; readonly message: string }
  | { readonly kind: "unauthenticated"; readonly message: string; readonly detail?: string }
  | { readonly kind: "forbidden"; readonly message: string; readonly detail?: string }
  | { readonly kind: "keys-unavailable"; readonly message: string; readonly detail?: string }
  | { readonly kind: "method-not-allowed"; readonly message: string }
  | { readonly kind: "malformed"; readonly message: string }
  | { readonly kind: "too-large"; readonly message: string }
  | { readonly kind: "full"; readonly message: string }
  | { readonly kind: "draining"; readonly message: string };

/** The outcome of a delivery: that of running its task, or a rejection before that. */
export type Outcome = ExecutionOutcome | Rejection;

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Seconds that Cloud Tasks should wait if this worker cannot run a task now. */
const RETRY_SOON = { "Retry-After": "5" } as const;

type Table = {
  readonly [Kind in Outcome["kind"]]: (outcome: Extract<Outcome, { kind: Kind }>, nowMs: number) => Answer;
};

/**
 * The answer to each outcome. The status decides what Cloud Tasks does next: it deletes the task after a 2xx status, and retries
 * it with the queue's backoff after any other status. 429 and 503 slow down the whole queue, so they are only used if the worker
 * cannot run any task now. The answer states the error of a failed delivery, without secrets. It never contains a stack.
 */
const TABLE: Table = {
  success: ({ result }) => ({ status: 200, body: { status: "success", result } }),
  discarded: ({ reason, summary: message }) => ({
    status: 200,
    body: { status: "discarded", reason, message },
    headers: { "CloudTask-Outcome": "discarded" },
  }),
  "discard-failed": ({ error, summary: message }, nowMs) => ({
    status: DISCARD_FAILED_STATUS,
    body: { status: "error", message },
    headers: retryAfter(error, nowMs),
  }),
  error: ({ error, summary: message }, nowMs) => ({
    status: 500,
    body: { status: "error", message },
    headers: retryAfter(error, nowMs),
  }),
  aborted: ({ summary: message }) => ({ status: 504, body: { status: "aborted", message } }),
  "unknown-task": ({ message }) => ({ status: 404, body: { status: "unknown-task", message } }),
  unauthenticated: ({ message }) => ({ status: 401, body: { status: "unauthenticated", message } }),
  forbidden: ({ message }) => ({ status: 403, body: { status: "forbidden", message } }),
  // 429, because the token could not be checked, the task did not run, and other deliveries would fail in the same way.
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
  // 429 instead of 503: both slow down the queue, but only a 4xx status can be distinguished from an attempt that ran and failed,
  // so it does not count towards `maxAttempts`.
  full: ({ message }) => ({ status: 429, body: { status: "full", message }, headers: RETRY_SOON }),
  draining: ({ message }) => ({ status: 503, body: { status: "draining", message }, headers: RETRY_SOON }),
};

/**
 * Creates the answer to a delivery.
 *
 * @param nowMs - the time from which `Retry-After` counts, in milliseconds since the epoch
 */
export function outcomeResponse(outcome: Outcome, nowMs: number = Date.now()): Response {
  const { text, ...init } = outcomeAnswer(outcome, nowMs);
  return new Response(text, init);
}

/** Returns the parts of that answer. */
export function outcomeAnswer(
  outcome: Outcome,
  nowMs: number,
): { readonly status: number; readonly headers: Record<string, string>; readonly text: string } {
  const { status, body, headers } = (TABLE[outcome.kind] as (outcome: Outcome, nowMs: number) => Answer)(
    outcome,
    nowMs,
  );
  return { status, headers: { "Content-Type": "application/json", ...headers }, text: jsonOf(body) };
}

/** Leaves out a result that cannot be written as JSON. The work is done, so the delivery must not fail. */
function jsonOf(body: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(body);
  } catch {
    return JSON.stringify({ ...body, result: undefined });
  }
}

function retryAfter(error: unknown, nowMs: number): Record<string, string> {
  return hasCode(error, "RETRY_AFTER") ? { "Retry-After": String(retryAfterSeconds(error, nowMs)) } : {};
}
