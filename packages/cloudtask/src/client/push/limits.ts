import { type Duration, durationMs, durationText } from "../../core/duration.ts";
import { LimitError } from "../../core/errors/limit-error.ts";

/** The deadline that Cloud Tasks applies by default. Source: `Task.dispatch_deadline` in google/cloud/tasks/v2/task.proto. */
export const DEFAULT_DISPATCH_DEADLINE_MS = 600_000;

/**
 * The largest expected difference between this machine's clock and Google's: milliseconds if the clock is synchronized, seconds
 * after a container was resumed.
 */
export const CLOCK_ALLOWANCE_MS = 5_000;

const MIN_DISPATCH_DEADLINE_MS = 15_000;

/** Source: `Task.dispatch_deadline` in google/cloud/tasks/v2/task.proto. */
const MAX_DISPATCH_DEADLINE = {
  http: { ms: 1_800_000, text: "30m" },
  appEngine: { ms: 86_415_000, text: "24h 15s" },
} as const;

/** The longest time until a task runs. Source: https://cloud.google.com/tasks/docs/quotas, "Maximum schedule time for a task". */
export const MAX_AHEAD_MS = 2_592_000_000;

/** Source: `HttpRequest.url` in google/cloud/tasks/v2/target.proto. */
const MAX_URL_LENGTH = 2083;

/**
 * Checks a dispatch deadline, and returns it in milliseconds.
 *
 * @throws TypeError for an invalid duration; LimitError outside 15 s to 30 min, for App Engine to 24 h 15 s
 */
export function checkDispatchDeadline(deadline: Duration, target: "http" | "appEngine", subject: string): number {
  const actual = durationMs(deadline, `${subject}: dispatchDeadline`);
  const most = MAX_DISPATCH_DEADLINE[target];
  const allowed = Math.min(most.ms, Math.max(MIN_DISPATCH_DEADLINE_MS, actual));
  if (actual === allowed) return actual;
  const by = `${exact(Math.abs(actual - allowed))} too ${actual < allowed ? "short" : "long"}`;
  throw new LimitError(
    `${subject}: \`dispatchDeadline\` is ${exact(actual)}, ${by}; Cloud Tasks accepts 15s to ${most.text}`,
    {
      limit: "dispatch-deadline",
      actual,
      allowed,
    },
  );
}

/** Throws a LimitError if a task is scheduled more than 30 days ahead. Both times are milliseconds since the epoch. */
export function checkSchedule(scheduleMs: number, nowMs: number, subject: string): void {
  const over = scheduleMs - nowMs - MAX_AHEAD_MS;
  if (over <= 0) return;
  const date = new Date(scheduleMs);
  // A delay can exceed the range of Date.
  const time = Number.isNaN(date.getTime()) ? "the delay" : date.toISOString();
  throw new LimitError(
    `${subject}: ${time} is ${durationText(over)} too far ahead; Cloud Tasks accepts at most 30 days (720h). ` +
      "Push a task with an earlier date that pushes this one.",
    { limit: "schedule-time", actual: scheduleMs - nowMs, allowed: MAX_AHEAD_MS },
  );
}

/** Throws a LimitError if an encoded URL or relative URI is longer than Cloud Tasks accepts. */
export function checkUrlLength(url: string, subject: string): void {
  const actual = url.length;
  if (actual <= MAX_URL_LENGTH) return;
  throw new LimitError(
    `${subject} has ${actual} characters when it is encoded, ${actual - MAX_URL_LENGTH} too many; Cloud Tasks accepts at most ` +
      `${MAX_URL_LENGTH}. Put the data of a task into its payload.`,
    { limit: "url-length", actual, allowed: MAX_URL_LENGTH },
  );
}

/** Formats a time without rounding, because a value can exceed a limit by one millisecond. */
function exact(ms: number): string {
  return ms % 1000 === 0 ? durationText(ms) : `${ms}ms`;
}
