import { backoffMs } from "cloudtask/internal";
import { deleteTask } from "./delete-task.ts";
import type { Attempt, EngineState } from "./engine-state.ts";
import type { RetrySettings, TaskRecord } from "./records.ts";
import type { Sign } from "./throttle.ts";
import { refreshWake } from "./wake.ts";

/** How the request of an attempt ended. */
export type AttemptResult =
  | {
      readonly kind: "answered";
      readonly status: number /** From Retry-After. */;
      readonly notBefore: number | undefined;
    }
  /** The deadline passed. */
  | { readonly kind: "timed out" }
  /** Refused, reset, not resolved: there was no answer. */
  | { readonly kind: "unreachable"; readonly reason: string };

/** What became of the task: `ignored` where it had gone before. */
export type AttemptOutcome = "succeeded" | "retrying" | "exhausted" | "ignored";

/** What `X-CloudTasks-TaskPreviousResponse` says after a deadline that passed. */
const TIMED_OUT_STATUS = 504;

/** The end of the year 9999, the last moment that a google.protobuf.Timestamp can hold. */
const LAST_MOMENT = 253_402_300_799_999;

/** Ends an attempt: a 2xx takes the task away, anything else schedules its retry, or takes it away when it is exhausted. */
export function finishAttempt(state: EngineState, attempt: Attempt, result: AttemptResult): AttemptOutcome {
  if (attempt.finished) return "ignored";
  const { task } = attempt;
  const { queue } = task;
  const sign = queue.throttle && signOf(state, task.record, result);
  attempt.finished = true;
  state.attempts.remove(attempt);
  task.running -= 1;
  queue.running -= 1;
  if (!attempt.forced) queue.inFlight -= 1;
  const now = state.clock.now();
  queue.executed.add(now);
  if (sign) queue.throttle?.note(sign, now);
  const outcome = task.gone ? "ignored" : settle(state, attempt, result);
  refreshWake(state, queue);
  return outcome;
}

/**
 * Ends the attempts whose deadline has passed.
 *
 * @returns each with what became of its task, for the shell to give up their requests
 */
export function expireAttempts(state: EngineState): { attempt: Attempt; outcome: AttemptOutcome }[] {
  const now = state.clock.now();
  const expired: { attempt: Attempt; outcome: AttemptOutcome }[] = [];
  for (;;) {
    const attempt = state.attempts.peek();
    if (!attempt || attempt.deadlineAt > now) return expired;
    expired.push({ attempt, outcome: finishAttempt(state, attempt, { kind: "timed out" }) });
  }
}

function settle(state: EngineState, attempt: Attempt, result: AttemptResult): AttemptOutcome {
  const { task } = attempt;
  if (isSuccess(result)) {
    deleteTask(state, task);
    return "succeeded";
  }
  const now = state.clock.now();
  const retry = task.record.retry ?? task.queue.record.settings;
  const failed = withFailure(attempt, result, now);
  if (task.running === 0 && isExhausted(failed, retry, now)) {
    deleteTask(state, task);
    return "exhausted";
  }
  const base = attempt.forced ? attempt.dispatchedAt : now;
  const retryAt = base + backoffMs(retry, failed.failureCount);
  const notBefore = (result.kind === "answered" && result.notBefore) || 0;
  task.record = { ...failed, scheduledAt: Math.min(Math.max(retryAt, notBefore), LAST_MOMENT) };
  state.store.updateTask(task.record);
  if (task.running === 0) task.queue.waiting.push(task);
  return "retrying";
}

/**
 * Both limits have to be reached: `RetryConfig.max_retry_duration` in google/cloud/tasks/v2/queue.proto says "once … time
 * has passed *and* the task has been attempted max_attempts times".
 */
function isExhausted(record: TaskRecord, retry: RetrySettings, now: number): boolean {
  if (retry.maxAttempts === -1 || record.dispatchCount < retry.maxAttempts) return false;
  const age = now - (record.firstDispatchedAt ?? now);
  return retry.maxRetryDurationMs === 0 || age >= retry.maxRetryDurationMs;
}

/**
 * Of App Engine a 429 is an error like any other: `AppEngineHttpRequest` in google/cloud/tasks/v2/target.proto. The request
 * of a task that was deleted meanwhile is lost, and with it of which kind it was.
 */
function signOf(state: EngineState, record: TaskRecord, result: AttemptResult): Sign {
  if (isSuccess(result)) return "succeeded";
  const status = result.kind === "answered" ? result.status : undefined;
  const isOverload = status === 503 || (status === 429 && state.store.requestOf(record)?.kind !== "appEngine");
  return isOverload ? "overloaded" : "failed";
}

function isSuccess(result: AttemptResult): boolean {
  return result.kind === "answered" && result.status >= 200 && result.status < 300;
}

function withFailure(attempt: Attempt, result: AttemptResult, now: number): TaskRecord {
  const { record } = attempt.task;
  const isAnswered = result.kind === "answered";
  const isServerError = isAnswered && result.status >= 500;
  return {
    ...record,
    failureCount: record.failureCount + 1,
    responseCount: record.responseCount + (isAnswered ? 1 : 0),
    executionCount: record.executionCount + (isAnswered && !isServerError ? 1 : 0),
    lastAttempt: {
      scheduledAt: attempt.before.scheduledAt,
      dispatchedAt: attempt.dispatchedAt,
      finishedAt: now,
      status: statusOf(result),
      timedOut: result.kind === "timed out",
    },
  };
}

function statusOf(result: AttemptResult): number | undefined {
  if (result.kind === "answered") return result.status;
  return result.kind === "timed out" ? TIMED_OUT_STATUS : undefined;
}
