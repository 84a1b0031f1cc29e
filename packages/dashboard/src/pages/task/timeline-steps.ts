import type { AttemptJson, TaskWithRequestJson } from "../../source/json.ts";

/** A part of a task's life on its time axis. Times are milliseconds since the epoch. */
export type TimelineStep =
  | { readonly kind: "wait"; readonly from: number; readonly to: number; readonly text: string }
  | { readonly kind: "attempt"; readonly from: number; readonly to: number; readonly attempt: AttemptJson }
  | { readonly kind: "running"; readonly from: number; readonly to: number };

/** A shorter wait in the queue, in milliseconds, has no reason that matters: many tasks became due at once. */
const SHORT_MS = 1_000;

const IN_QUEUE = "in the queue, which was paused or at a limit";
const STILL_IN_QUEUE = "in the queue, which is paused or at a limit";

/**
 * Returns the attempts and waits of a task in order of time, from its creation to its end, or to the time of its next attempt.
 *
 * @param attempts - the finished attempts, the newest first
 * @param nowMs - the current time, the end of a running attempt
 * @param isCut - whether older attempts are missing; then the steps begin with the oldest that is there
 */
export function timelineSteps(
  task: Pick<TaskWithRequestJson, "createTime" | "scheduleTime" | "running" | "state">,
  attempts: readonly AttemptJson[],
  nowMs: number,
  isCut = false,
): readonly TimelineStep[] {
  const steps: TimelineStep[] = [];
  let last = isCut ? Date.parse(attempts.at(-1)?.dispatchTime ?? task.createTime) : startOf(task, attempts);
  let reason = "until its schedule time";
  const waitUntil = (to: number, text: string): void => {
    if (to <= last) return;
    steps.push({ kind: "wait", from: last, to, text });
    last = to;
  };
  for (const attempt of [...attempts].reverse()) {
    const from = Date.parse(attempt.dispatchTime);
    waitUntil(Math.min(from, Date.parse(attempt.scheduleTime)), reason);
    waitUntil(from, attempt.forced ? reason : from - last < SHORT_MS ? "in the queue" : IN_QUEUE);
    last = Math.max(from, Date.parse(attempt.finishTime));
    steps.push({ kind: "attempt", from, to: last, attempt });
    reason = attempt.retryAfter ? "until the time in Retry-After" : "for the backoff";
  }
  for (const { dispatchTime } of task.running) {
    const from = Date.parse(dispatchTime);
    waitUntil(from, reason);
    last = Math.max(from, nowMs);
    steps.push({ kind: "running", from, to: last });
  }
  if (task.running.length === 0 && ["scheduled", "due", "retrying"].includes(task.state)) {
    waitUntil(Date.parse(task.scheduleTime), reason);
    waitUntil(nowMs, STILL_IN_QUEUE);
  }
  return steps;
}

/** The API rounds the time of creation down to a second. A task without a delay is due when it is created. */
function startOf(
  { createTime, scheduleTime }: Pick<TaskWithRequestJson, "createTime" | "scheduleTime">,
  attempts: readonly AttemptJson[],
): number {
  const created = Date.parse(createTime);
  const due = Date.parse(attempts.at(-1)?.scheduleTime ?? scheduleTime);
  return due > created && due - created < 1_000 ? due : created;
}
