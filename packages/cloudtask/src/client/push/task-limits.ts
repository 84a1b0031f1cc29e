import { LimitError } from "../../core/errors/limit-error.ts";
import { MAX_TASK_BYTES, type SizedTask, storedTaskBytes } from "../../payload/task-size.ts";
import type { CreatedPush } from "./create-task.ts";
import { DEFAULT_DISPATCH_DEADLINE_MS } from "./limits.ts";

/** "Less than 80KB". Source: `HttpRequest.headers` in google/cloud/tasks/v2/target.proto. */
export const MAX_HEADERS_BYTES: number = 80 * 1024 - 1;

/** Throws a LimitError if a task or its headers are larger than Cloud Tasks accepts. */
export function checkTask(push: CreatedPush, queueName: string, bodyBytes: number): void {
  const { subject = `pushing "${push.task}"`, headers, nowMs } = push;
  checkHeadersSize(headers, subject);
  checkSize(sizedTask(push, queueName, bodyBytes), nowMs, subject);
}

/** Returns the properties of a push that determine the size of its task. */
export function sizedTask(push: CreatedPush, queueName: string, bodyBytes: number): SizedTask {
  const {
    id,
    scheduleMs,
    dispatchDeadlineMs = DEFAULT_DISPATCH_DEADLINE_MS,
    url,
    headers,
    appEngine,
    oidcToken,
  } = push;
  const retry = push.retry && { ...push.retry.retry, ...push.retry.service };
  const target = appEngine
    ? ({ kind: "appEngine", ...appEngine } as const)
    : ({ kind: "http", url, oidcToken } as const);
  return { queueName, id, scheduleMs, dispatchDeadlineMs, retry, headers, bodyBytes, target };
}

/** Throws a LimitError if the headers of a task are larger than Cloud Tasks accepts. */
export function checkHeadersSize(headers: Readonly<Record<string, string>>, subject: string): void {
  const actual = headersBytes(headers);
  if (actual <= MAX_HEADERS_BYTES) return;
  throw new LimitError(
    `${subject}: the headers and their names have ${actual} bytes, ${actual - MAX_HEADERS_BYTES} too many; Cloud Tasks accepts at most ` +
      `${MAX_HEADERS_BYTES}. Put the data into the payload.`,
    { limit: "headers-size", actual, allowed: MAX_HEADERS_BYTES },
  );
}

/** Returns the size of headers and their names. Each character is sent as one byte. */
export function headersBytes(headers: Readonly<Record<string, string>>): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

/** Throws a LimitError if a task is larger than Cloud Tasks accepts. */
export function checkSize(task: SizedTask, nowMs: number, subject: string): void {
  const actual = storedTaskBytes(task, nowMs);
  if (actual <= MAX_TASK_BYTES) return;
  throw new LimitError(
    `${subject}: the task with its headers has ${actual} bytes, ${actual - MAX_TASK_BYTES} too many; Cloud Tasks accepts at most ` +
      `${MAX_TASK_BYTES}. The payload has ${task.bodyBytes} of them: store it elsewhere and push a reference.`,
    { limit: "task-size", actual, allowed: MAX_TASK_BYTES },
  );
}
