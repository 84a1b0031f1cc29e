import { backoffMs } from "../core/backoff.ts";
import { type Duration, durationMs } from "../core/duration.ts";
import { lastSegment } from "../core/resource-name.ts";
import { checkRetry, DEFAULT_RETRY, type ResolvedRetry, type RetryConfigJson } from "../core/retry-settings.ts";
import { type Envelope, parseEnvelope } from "../payload/codec.ts";
import type { Serializer } from "../payload/serializer.ts";

/** The task of a CreateTask request, parsed. */
export interface RequestedTask {
  /** The full resource name; `undefined` if Cloud Tasks generates the id. */
  readonly name: string | undefined;
  readonly scheduleMs: number | undefined;
  readonly dispatchDeadlineMs: number | undefined;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly kind: "http" | "appEngine";
  /** The task's own retry settings, or those of a queue that configures none. */
  readonly retry: Required<ResolvedRetry>;
}

/** A task as Cloud Tasks stores it, with the results of its attempts so far. */
export interface StoredTask extends RequestedTask {
  readonly name: string;
  readonly id: string;
  /** The id of the queue. */
  readonly queue: string;
  /** The position in creation order. Of two tasks that are due at the same time, the older one runs first. */
  readonly order: number;
  readonly createdMs: number;
  readonly scheduleMs: number;
  /** The time of the next attempt. */
  dueMs: number;
  /** The time of the first attempt, in milliseconds since the epoch. */
  firstAttemptMs: number | undefined;
  /** The number of failed attempts. */
  failures: number;
  /** As Cloud Tasks counts it: for an HTTP task, 5xx responses do not count. */
  executionCount: number;
  /** The HTTP status of the previous attempt. */
  previousResponse: number | undefined;
  /** `true` while an attempt is running. */
  running: boolean;
}

interface TaskTarget {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The fields of a CreateTask request that this library writes. */
interface CreateTaskJson {
  readonly task: {
    readonly name?: string;
    readonly scheduleTime?: string;
    readonly dispatchDeadline?: Duration;
    readonly retryConfig?: RetryConfigJson;
    readonly httpRequest?: TaskTarget & { readonly url: string };
    readonly appEngineHttpRequest?: TaskTarget & { readonly relativeUri: string };
  };
}

/**
 * @param json - the body of a CreateTask request
 * @param workerUrl - the client's `url`; its host replaces the host of App Engine
 */
export function parseCreateTask(json: string, workerUrl: string): RequestedTask {
  const { task } = JSON.parse(json) as CreateTaskJson;
  const { name, scheduleTime, dispatchDeadline, retryConfig, httpRequest, appEngineHttpRequest } = task;
  const { headers = {}, body = "" }: TaskTarget = httpRequest ?? appEngineHttpRequest ?? {};
  return {
    name,
    scheduleMs: scheduleTime === undefined ? undefined : Date.parse(scheduleTime),
    dispatchDeadlineMs: dispatchDeadline === undefined ? undefined : durationMs(dispatchDeadline, "dispatchDeadline"),
    url: httpRequest?.url ?? new URL(appEngineHttpRequest?.relativeUri ?? "/", workerUrl).href,
    headers,
    body: new TextDecoder().decode(Uint8Array.from(atob(body), (byte) => byte.charCodeAt(0))),
    kind: httpRequest === undefined ? "appEngine" : "http",
    retry: { ...DEFAULT_RETRY, ...checkRetry(retryConfig, "retryConfig") },
  };
}

/** Returns the definition's name and the payload in a task's body: plain JSON, or the value that the serializer restores. */
export function parsePayload(
  body: string,
  serializer: Serializer | undefined,
): { readonly task: string; readonly payload: unknown } {
  const { task, payload, serialized } = parseEnvelope(body) as Envelope;
  return { task, payload: serialized === undefined ? payload : serializer?.parse(serialized) };
}

/** Creates the stored form of a task, before its first attempt. */
export function createStoredTask(
  requested: RequestedTask,
  queueName: string,
  { nowMs, order }: { readonly nowMs: number; readonly order: number },
): StoredTask {
  const name = requested.name ?? `${queueName}/tasks/${randomId()}`;
  const scheduleMs = requested.scheduleMs ?? nowMs;
  return {
    ...requested,
    name,
    id: lastSegment(name),
    queue: lastSegment(queueName),
    order,
    createdMs: nowMs,
    scheduleMs,
    dueMs: scheduleMs,
    firstAttemptMs: undefined,
    failures: 0,
    executionCount: 0,
    previousResponse: undefined,
    running: false,
  };
}

/** Updates the counters and the time of the next attempt after a failed attempt, as Cloud Tasks does. */
export function recordFailure(task: StoredTask, response: Response, nowMs: number): void {
  task.failures += 1;
  if (task.kind === "appEngine" || response.status < 500) task.executionCount += 1;
  task.previousResponse = response.status;
  const retryAfterMs = Number(response.headers.get("Retry-After") ?? 0) * 1000;
  task.dueMs = nowMs + Math.max(backoffMs(task.retry, task.failures), retryAfterMs);
}

/** Checks whether Cloud Tasks makes no further attempt. If there are two limits, both must be reached. */
export function isExhausted({ retry, failures, firstAttemptMs }: StoredTask, nowMs: number): boolean {
  const { maxAttempts, maxRetryDurationMs } = retry;
  if (maxAttempts === -1 && maxRetryDurationMs === 0) return false;
  const elapsedMs = nowMs - (firstAttemptMs ?? nowMs);
  return (maxAttempts === -1 || failures >= maxAttempts) && elapsedMs >= maxRetryDurationMs;
}

/** Returns an id as Cloud Tasks generates it: a decimal number of up to 64 bits. */
function randomId(): string {
  return String(crypto.getRandomValues(new BigUint64Array(1))[0]);
}
