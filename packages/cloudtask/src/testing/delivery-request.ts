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
 * @param task - what is delivered
 * @param attempt - which attempt of it
 * @returns the request that Cloud Tasks sends for it, save for an OIDC token
 */
export function deliveryRequest({ url, headers, body, kind }: WireTask, attempt: Attempt): Request {
  const own = kind === "http" ? httpHeaders(attempt) : appEngineHeaders(attempt);
  const { signal = null } = attempt;
  return new Request(url, { method: "POST", headers: { ...headers, ...own }, body, signal });
}

function httpHeaders(attempt: Attempt): Record<string, string> {
  const { previousResponse } = attempt;
  return {
    "User-Agent": "Google-Cloud-Tasks",
    ...attemptHeaders("X-CloudTasks-", attempt),
    ...(previousResponse !== undefined && { "X-CloudTasks-TaskPreviousResponse": String(previousResponse) }),
    // It is there on every retry, and empty.
    ...(attempt.attempt > 1 && { "X-CloudTasks-TaskRetryReason": "" }),
  };
}

function appEngineHeaders(attempt: Attempt): Record<string, string> {
  const { previousResponse } = attempt;
  return {
    "User-Agent": "AppEngine-Google; (+http://code.google.com/appengine)",
    ...attemptHeaders("X-AppEngine-", attempt),
    ...(attempt.attempt > 1 && {
      "X-AppEngine-TaskPreviousResponse": String(previousResponse ?? 0),
      "X-AppEngine-TaskRetryReason": previousResponse === undefined ? "Instance Unavailable" : "App Error",
    }),
  };
}

function attemptHeaders(prefix: string, attempt: Attempt): Record<string, string> {
  return {
    [`${prefix}QueueName`]: attempt.queue,
    [`${prefix}TaskName`]: attempt.id,
    [`${prefix}TaskRetryCount`]: String(attempt.attempt - 1),
    [`${prefix}TaskExecutionCount`]: String(attempt.executionCount),
    [`${prefix}TaskETA`]: String(attempt.scheduledMs / 1000),
  };
}
