import type { AttemptJson, TaskWithRequestJson } from "../../source/json.ts";

/** A part of a task's life on its time axis. Times are milliseconds since the epoch. */
export type TimelineStep =
  | { readonly kind: "wait"; readonly from: number; readonly to: number; readonly text: string }
  | { readonly kind: "attempt"; readonly from: number; readonly to: number; readonly attempt: AttemptJson }
  | { readonly kind: "running"; readonly from: number; readonly to: number };

/** The shortest and longest share of the axis of a step, so a wait of a day leaves the attempts visible. */
const MIN_SHARE = 0.02;

/**
 * Returns the attempts and waits of a task in order of time, from its creation to its end, or to the time of its next attempt.
 *
 * @param attempts - the finished attempts, the newest first
 * @param nowMs - the current time, the end of a running attempt
 */
export function timelineSteps(
  task: Pick<TaskWithRequestJson, "createTime" | "scheduleTime" | "running" | "state">,
  attempts: readonly AttemptJson[],
  nowMs: number,
): readonly TimelineStep[] {
  const steps: TimelineStep[] = [];
  let last = Date.parse(task.createTime);
  let reason = "until its schedule time";
  const waitUntil = (to: number): void => {
    if (to > last) steps.push({ kind: "wait", from: last, to, text: reason });
  };
  for (const attempt of [...attempts].reverse()) {
    const from = Date.parse(attempt.dispatchTime);
    waitUntil(from);
    last = Math.max(from, Date.parse(attempt.finishTime));
    steps.push({ kind: "attempt", from, to: last, attempt });
    reason = attempt.retryAfter ? "until the time in Retry-After" : "for the backoff";
  }
  for (const { dispatchTime } of task.running) {
    const from = Date.parse(dispatchTime);
    waitUntil(from);
    last = Math.max(from, nowMs);
    steps.push({ kind: "running", from, to: last });
  }
  if (task.running.length === 0 && ["scheduled", "due", "retrying"].includes(task.state)) {
    waitUntil(Math.max(Date.parse(task.scheduleTime), nowMs));
  }
  return steps;
}

/**
 * Returns the share of the axis of each step, in order; together 1. The shares are to scale, except that a step has at least 2 %,
 * so that it can be seen and clicked.
 */
export function shares(steps: readonly TimelineStep[]): readonly number[] {
  const total = steps.reduce((sum, { from, to }) => sum + (to - from), 0);
  const raw = steps.map(({ from, to }) => Math.max(MIN_SHARE, total === 0 ? 0 : (to - from) / total));
  const sum = raw.reduce((before, share) => before + share, 0);
  return raw.map((share) => share / sum);
}
