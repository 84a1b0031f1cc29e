import { backoffMs } from "cloudtask/internal";
import { deleteTask } from "./delete-task.ts";
import type { Attempt, EngineState } from "./engine-state.ts";
import { refreshWake } from "./next-event.ts";
import type { RetrySettings, TaskRecord } from "./records.ts";
import { setTaskState } from "./set-task-state.ts";
import type { LoadSignal } from "./throttle.ts";

/** How the request of an attempt ended. */
export type AttemptResult =
  /** The target answered. `notBefore` is the time in `Retry-After`, in milliseconds since the epoch. */
  | { readonly kind: "answered"; readonly status: number; readonly notBefore: number | undefined }
  /** The dispatch deadline passed before an answer arrived. */
  | { readonly kind: "timed out" }
  /** No answer arrived: the host name did not resolve, or the connection was rejected or reset. */
  | { readonly kind: "unreachable"; readonly reason: string };

/** The effect of an attempt on its task. `ignored` means that the task was removed before the attempt ended. */
export type AttemptOutcome = "succeeded" | "retrying" | "exhausted" | "ignored";

/** The status that Cloud Tasks reports for an attempt whose deadline passed. */
const TIMED_OUT_STATUS = 504;

/** The end of the year 9999, the last time that a google.protobuf.Timestamp can hold. */
const LAST_TIMESTAMP_MS = 253_402_300_799_999;

/** Ends an attempt. A 2xx status removes the task. Any other result schedules a retry, or removes an exhausted task. */
export function finishAttempt(state: EngineState, attempt: Attempt, result: AttemptResult): AttemptOutcome {
  if (attempt.finished) return "ignored";
  const { task } = attempt;
  const { queue } = task;
  const signal = queue.throttle && loadSignalOf(state, task.record, result);
  attempt.finished = true;
  state.attempts.remove(attempt);
  task.running -= 1;
  queue.running -= 1;
  if (!attempt.forced) queue.inFlight -= 1;
  const now = state.clock.now();
  queue.executed.add(now);
  if (signal) queue.throttle?.record(signal, now);
  const outcome = task.removed ? "ignored" : applyResult(state, attempt, result);
  refreshWake(state, queue);
  return outcome;
}

/**
 * Ends the attempts whose dispatch deadline has passed.
 *
 * @returns these attempts, whose requests the caller must abort
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

function applyResult(state: EngineState, attempt: Attempt, result: AttemptResult): AttemptOutcome {
  const { task } = attempt;
  if (isSuccess(result)) {
    removeTask(state, attempt);
    return "succeeded";
  }
  const now = state.clock.now();
  const retry = task.record.retry ?? task.queue.record.settings;
  const failed = withFailure(attempt, result, now);
  // While another attempt of the task is in flight, the task stays: that attempt may still succeed.
  if (task.running === 0 && isExhausted(failed, retry, now)) {
    removeTask(state, attempt);
    return "exhausted";
  }
  task.record = { ...failed, ...nextSchedule(attempt, result, backoffMs(retry, failed.failureCount), now) };
  state.store.updateTask(task.record);
  if (task.running === 0) setTaskState(task, task.queue.waiting.push(task));
  return "retrying";
}

/**
 * Removes a task that is not attempted again, and returns to its record before the attempt. A removed task that was in the old
 * generation would otherwise keep the newer record in memory until the next full garbage collection.
 */
function removeTask(state: EngineState, { task, taskBefore }: Attempt): void {
  deleteTask(state, task);
  task.record = taskBefore;
}

/**
 * Returns when a failed task is attempted again. The backoff counts from the failure, not from the schedule time; for an attempt
 * that RunTask forced, it counts from the call. `Retry-After` is a minimum: a longer backoff still applies.
 *
 * Sources in google/cloud/tasks/v2: `RetryConfig.min_backoff` (queue.proto), `CloudTasks.RunTask` (cloudtasks.proto),
 * `HttpRequest` (target.proto), which says that `Retry-After` "is considered" and leaves open how.
 */
function nextSchedule(
  { forced, dispatchedAt }: Attempt,
  result: AttemptResult,
  backoff: number,
  now: number,
): Pick<TaskRecord, "scheduledAt" | "hasRetryAfter"> {
  const afterBackoff = (forced ? dispatchedAt : now) + backoff;
  const notBefore = (result.kind === "answered" && result.notBefore) || 0;
  const scheduledAt = Math.min(Math.max(afterBackoff, notBefore), LAST_TIMESTAMP_MS);
  return { scheduledAt, hasRetryAfter: notBefore > afterBackoff };
}

/**
 * Checks whether a failed task has used up its retries. Every limit that is set must be reached: it was attempted `maxAttempts`
 * times, and `maxRetryDurationMs` has passed since its first attempt. -1 attempts and a duration of 0 set no limit. Without
 * any limit, a task is retried until it succeeds or reaches `task_ttl`.
 *
 * Source: `RetryConfig.max_retry_duration` in google/cloud/tasks/v2/queue.proto: "Once `max_retry_duration` time has passed
 * *and* the task has been attempted max_attempts times, no further attempts will be made". Recorded from the service: with -1
 * attempts, the duration alone decides.
 */
function isExhausted(record: TaskRecord, retry: RetrySettings, now: number): boolean {
  const { maxAttempts, maxRetryDurationMs } = retry;
  if (maxAttempts === -1 && maxRetryDurationMs === 0) return false;
  const age = now - (record.firstDispatchedAt ?? now);
  return (maxAttempts === -1 || record.dispatchCount >= maxAttempts) && age >= maxRetryDurationMs;
}

/**
 * Cloud Tasks slows a queue down after a 429 or a 503. For App Engine tasks only a 503 has this effect. If the task was deleted
 * while the attempt was in flight, its kind is unknown, because its request was deleted too: a 429 then counts as an overload.
 *
 * Sources: `HttpRequest` and `AppEngineHttpRequest` in google/cloud/tasks/v2/target.proto.
 */
function loadSignalOf(state: EngineState, record: TaskRecord, result: AttemptResult): LoadSignal {
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
      scheduledAt: attempt.taskBefore.scheduledAt,
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
