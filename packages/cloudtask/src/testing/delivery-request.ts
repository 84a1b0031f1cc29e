import { attemptHeaders } from "../core/attempt-headers.ts";
import type { WireTask } from "./wire-task.ts";

/** One attempt, as the headers of Cloud Tasks tell it. */
export interface Attempt {
  readonly id: string;
  readonly queue: string;
  /** 1 is the first. */
  readonly attempt: number;
  readonly executionCount: number;
  /** The HTTP status of the attempt before; `undefined` where there was none, or nobody answered. */
  readonly previousResponse: number | undefined;
  readonly scheduledMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The request that Cloud Tasks sends for an attempt, without an OIDC token.
 *
 * @param task - the task to deliver
 * @param attempt - the attempt of it
 */
export function deliveryRequest({ url, headers, body, kind }: WireTask, attempt: Attempt): Request {
  const own = attemptHeaders({ ...attempt, kind, retryCount: attempt.attempt - 1 });
  const retry = kind === "http" ? httpRetryHeaders(attempt) : appEngineRetryHeaders(attempt);
  const { signal = null } = attempt;
  return new Request(url, { method: "POST", headers: { ...headers, ...own, ...retry }, body, signal });
}

function httpRetryHeaders({ attempt, previousResponse }: Attempt): Record<string, string> {
  return {
    ...(previousResponse !== undefined && { "X-CloudTasks-TaskPreviousResponse": String(previousResponse) }),
    // Cloud Tasks sends it on every retry, with an empty value.
    ...(attempt > 1 && { "X-CloudTasks-TaskRetryReason": "" }),
  };
}

function appEngineRetryHeaders({ attempt, previousResponse }: Attempt): Record<string, string> {
  if (attempt === 1) return {};
  return {
    "X-AppEngine-TaskPreviousResponse": String(previousResponse ?? 0),
    "X-AppEngine-TaskRetryReason": previousResponse === undefined ? "Instance Unavailable" : "App Error",
  };
}
