import type { EngineQueue, EngineTask } from "../../engine/engine-state.ts";
import { isAfter, type SchedulePosition } from "../../engine/waiting-tasks.ts";
import { definedFields } from "../defined-fields.ts";
import { rfc3339, timeOrNone } from "../rfc3339.ts";
import type { WaitJson, WaitReason } from "../types/task-types.ts";

/** Returns why the next attempt of a task has not started: first the reason that applies now, then those that follow. */
export function waitReasons(task: EngineTask, now: number): WaitJson[] {
  if (task.running > 0) return [];
  const time = timeReason(task, now);
  const queue = queueReason(task, now, time !== undefined);
  const waits = [time, queue].filter((reason) => reason !== undefined);
  return waits.length > 0 ? waits : [{ reason: "next" }];
}

function timeReason({ record }: EngineTask, now: number): WaitJson | undefined {
  if (record.scheduledAt <= now) return undefined;
  const reason = record.failureCount === 0 ? "scheduleTime" : record.hasRetryAfter ? "retryAfter" : "backoff";
  return { reason, until: rfc3339(record.scheduledAt) };
}

/** @param isAhead - whether the task is not due yet, so the load of the queue at its time is unknown */
function queueReason(task: EngineTask, now: number, isAhead: boolean): WaitJson | undefined {
  const { queue } = task;
  const { settings, state } = queue.record;
  if (state === "PAUSED") return { reason: "paused" };
  if (state === "DISABLED") return { reason: "disabled" };
  if (settings.maxDispatchesPerSecond === 0) return { reason: "rateZero" };
  if (isAhead) return undefined;
  const ahead = tasksBefore(task);
  if (queue.inFlight >= settings.maxConcurrentDispatches) return { reason: "concurrency", ahead };
  const readyAt = queue.bucket.readyAt(now);
  const rate = settings.maxDispatchesPerSecond * (queue.throttle?.factor(now) ?? 1);
  const until = readyAt + (ahead * 1_000) / rate;
  if (until <= now) return undefined;
  return { reason: rateReason(queue, now), ahead, ...definedFields({ until: timeOrNone(finite(until)) }) };
}

/** Returns whether the rate of the queue itself delays its tasks, or the throttle. */
export function rateReason({ throttle }: EngineQueue, now: number): Extract<WaitReason, "rate" | "throttled"> {
  return (throttle?.factor(now) ?? 1) < 1 ? "throttled" : "rate";
}

/** Returns the number of waiting tasks of the queue that are due before a task. */
function tasksBefore({ queue: { waiting }, record: { scheduledAt, sequence } }: EngineTask): number {
  const position: SchedulePosition = { at: scheduledAt, sequence: sequence - 1 };
  const isBefore = (other: EngineTask): boolean => !isAfter(other, position);
  return waiting.fresh.countBefore(isBefore) + waiting.retrying.countBefore(isBefore);
}

/** The latest time of JSON is the year 9999. */
function finite(ms: number): number | undefined {
  return ms < 253_402_300_799_999 ? ms : undefined;
}
