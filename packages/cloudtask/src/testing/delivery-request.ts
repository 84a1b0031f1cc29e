import type { AbortSource } from "../core/abort-source.ts";
import { attemptHeaders } from "../core/attempt-headers.ts";
import { timeInputMs } from "../core/time-input.ts";
import type { IncomingRequest } from "../worker/incoming-request.ts";
import { DeliveryHeaders } from "./delivery-headers.ts";
import type { StoredTask } from "./stored-task.ts";
import type { AttemptOptions } from "./test-options.ts";

/** One attempt of a task, as the headers of Cloud Tasks describe it. */
export interface Attempt {
  readonly id: string;
  readonly queue: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly executionCount: number;
  /** The HTTP status of the previous attempt; `undefined` if there was none, or no response arrived. */
  readonly previousResponse: number | undefined;
  readonly scheduledMs: number;
  /** Aborts the attempt. */
  readonly signal: AbortSignal | undefined;
}

/** Describes the next attempt of a task; `options` override the values that follow from its earlier attempts. */
export function nextAttempt(task: StoredTask, options: AttemptOptions, nowMs: number): Attempt {
  const { attempt = task.failures + 1, scheduledAt = nowMs, signal } = options;
  const previousResponse = previousResponseOf(task, attempt, options.previousResponse);
  return {
    id: task.id,
    queue: task.queue,
    attempt,
    previousResponse,
    executionCount: options.executionCount ?? executionCountOf(task, attempt, previousResponse),
    scheduledMs: timeInputMs(scheduledAt, "UTC", "scheduledAt"),
    signal,
  };
}

/** Creates the request that Cloud Tasks sends for an attempt, without an OIDC token. */
export function deliveryRequest(task: StoredTask, attempt: Attempt, signal: AbortSource): IncomingRequest {
  const { url, kind, headersByName: own } = task.requested;
  const { id, queue, executionCount, scheduledMs } = attempt;
  const retryCount = attempt.attempt - 1;
  const added = attemptHeaders({ kind, id, queue, retryCount, executionCount, scheduledMs });
  const retryHeaders = kind === "http" ? httpRetryHeaders(attempt) : appEngineRetryHeaders(attempt);
  return {
    method: "POST",
    url,
    headers: new DeliveryHeaders(own, retryHeaders === undefined ? added : { ...added, ...retryHeaders }),
    signal,
    bodyUsed: false,
    body: null,
    bodyText: task.body,
  };
}

function previousResponseOf(
  task: StoredTask,
  attempt: number,
  option: AttemptOptions["previousResponse"],
): number | undefined {
  if (option !== undefined) return option ?? undefined;
  return attempt === 1 ? undefined : (task.previousResponse ?? 500);
}

/** The task's own count is only correct for the attempt that follows the attempts made here. */
function executionCountOf(task: StoredTask, attempt: number, previousResponse: number | undefined): number {
  if (attempt === task.failures + 1 && attempt > 1) return task.executionCount;
  if (task.requested.kind === "appEngine") return attempt - 1;
  return previousResponse !== undefined && previousResponse < 500 ? 1 : 0;
}

function httpRetryHeaders({ attempt, previousResponse }: Attempt): Record<string, string> | undefined {
  if (attempt === 1 && previousResponse === undefined) return undefined;
  return {
    ...(previousResponse !== undefined && { "X-CloudTasks-TaskPreviousResponse": String(previousResponse) }),
    // Cloud Tasks sends it on every retry, with an empty value.
    ...(attempt > 1 && { "X-CloudTasks-TaskRetryReason": "" }),
  };
}

function appEngineRetryHeaders({ attempt, previousResponse }: Attempt): Record<string, string> | undefined {
  if (attempt === 1) return undefined;
  return {
    "X-AppEngine-TaskPreviousResponse": String(previousResponse ?? 0),
    "X-AppEngine-TaskRetryReason": previousResponse === undefined ? "Instance Unavailable" : "App Error",
  };
}
