import { type Duration, durationMs, durationText } from "../../core/duration.ts";
import { LimitError } from "../../core/errors/limit-error.ts";
import { MAX_TASK_BYTES, type SizedTask, storedTaskBytes } from "../../payload/task-size.ts";

/** What Cloud Tasks waits for an answer where nothing else is said. Source: `Task.dispatch_deadline` in task.proto (v2). */
export const DEFAULT_DISPATCH_DEADLINE_MS = 600_000;

/**
 * How far this machine's clock is taken to be off at most: it is Google's give or take milliseconds where it is kept in
 * step, and seconds where a container was just resumed.
 */
export const CLOCK_ALLOWANCE_MS = 5_000;

const MIN_DISPATCH_DEADLINE_MS = 15_000;

/** Source: `Task.dispatch_deadline` in google/cloud/tasks/v2/task.proto. */
const MAX_DISPATCH_DEADLINE = {
  http: { ms: 1_800_000, text: "30m" },
  appEngine: { ms: 86_415_000, text: "24h 15s" },
} as const;

/** How far ahead a task may be scheduled. Source: https://cloud.google.com/tasks/docs/quotas, "Maximum schedule time for a task". */
export const MAX_AHEAD_MS = 2_592_000_000;

/** "Less than 80KB". Source: `HttpRequest.headers` in google/cloud/tasks/v2/target.proto. */
const MAX_HEADERS_BYTES = 80 * 1024 - 1;

/** Source: `HttpRequest.url` in google/cloud/tasks/v2/target.proto. */
const MAX_URL_LENGTH = 2083;

/**
 * @param deadline - a duration
 * @param target - what kind of target it is for
 * @param what - whose it is, for the message
 * @returns milliseconds
 * @throws TypeError where it is no duration; LimitError outside 15 s to 30 min, for App Engine to 24 h 15 s
 */
export function checkDispatchDeadline(deadline: Duration, target: "http" | "appEngine", what: string): number {
  const actual = durationMs(deadline, `${what}: dispatchDeadline`);
  const most = MAX_DISPATCH_DEADLINE[target];
  const allowed = Math.min(most.ms, Math.max(MIN_DISPATCH_DEADLINE_MS, actual));
  if (actual === allowed) return actual;
  const by = `${exact(Math.abs(actual - allowed))} too ${actual < allowed ? "short" : "long"}`;
  throw new LimitError(
    `${what}: a dispatchDeadline of ${exact(actual)} is ${by}; Cloud Tasks accepts 15s to ${most.text}`,
    {
      limit: "dispatch-deadline",
      actual,
      allowed,
    },
  );
}

/**
 * @param scheduleMs - when a task is to run, in milliseconds since the epoch
 * @param nowMs - the present, likewise
 * @param what - the task, for the message
 * @throws LimitError more than 30 days ahead
 */
export function checkSchedule(scheduleMs: number, nowMs: number, what: string): void {
  const over = scheduleMs - nowMs - MAX_AHEAD_MS;
  if (over <= 0) return;
  const moment = new Date(scheduleMs);
  // Beyond what a Date can tell, a delay is still a number.
  const told = Number.isNaN(moment.getTime()) ? "a delay" : moment.toISOString();
  throw new LimitError(
    `${what}: ${told} is ${durationText(over)} too far ahead; Cloud Tasks accepts at most 30 ` +
      "days (720h): let a task of an earlier date push this one",
    { limit: "schedule-time", actual: scheduleMs - nowMs, allowed: MAX_AHEAD_MS },
  );
}

/**
 * @param url - a valid URL as it is encoded, or a relative URI
 * @param what - whose it is, for the message
 * @throws LimitError where Cloud Tasks would find it too long
 */
export function checkUrlLength(url: string, what: string): void {
  const actual = url.length;
  if (actual <= MAX_URL_LENGTH) return;
  throw new LimitError(
    `${what}: the URL is ${actual - MAX_URL_LENGTH} characters too long: ${actual} once it is encoded, at most ` +
      `${MAX_URL_LENGTH} are accepted; what differs from task to task belongs into the payload`,
    { limit: "url-length", actual, allowed: MAX_URL_LENGTH },
  );
}

/**
 * @param headers - all headers of a task
 * @param what - the task, for the message
 * @throws LimitError where Cloud Tasks would find them too large
 */
export function checkHeadersSize(headers: Readonly<Record<string, string>>, what: string): void {
  // A header's characters are one byte each on their way to the worker.
  const actual = Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (actual <= MAX_HEADERS_BYTES) return;
  throw new LimitError(
    `${what}: the headers are ${actual - MAX_HEADERS_BYTES} bytes too large: ${actual} bytes with their names, at most ` +
      `${MAX_HEADERS_BYTES} are accepted; put it into the payload`,
    { limit: "headers-size", actual, allowed: MAX_HEADERS_BYTES },
  );
}

/**
 * @param task - the task as it is to be created
 * @param nowMs - the present, in milliseconds since the epoch
 * @param what - the task, for the message
 * @throws LimitError where Cloud Tasks would find it too large
 */
export function checkSize(task: SizedTask, nowMs: number, what: string): void {
  const actual = storedTaskBytes(task, nowMs);
  if (actual <= MAX_TASK_BYTES) return;
  throw new LimitError(
    `${what}: the task is ${actual - MAX_TASK_BYTES} bytes too large: ${actual} bytes with its headers, at most ` +
      `${MAX_TASK_BYTES} are accepted, and the payload takes ${task.bodyBytes} of them; store it elsewhere and push a reference`,
    { limit: "task-size", actual, allowed: MAX_TASK_BYTES },
  );
}

/** Not rounded, so that one millisecond too many is seen. */
function exact(ms: number): string {
  return ms % 1000 === 0 ? durationText(ms) : `${ms}ms`;
}
