import type { JSX } from "preact";
import type { TaskState } from "../source/json.ts";

const TONES: Readonly<Record<TaskState, string>> = {
  scheduled: "",
  due: "",
  running: "ok",
  retrying: "warn",
  succeeded: "ok",
  discarded: "bad",
  exhausted: "bad",
  deleted: "quiet",
};

/** The states in the order of a task's life. */
export const TASK_STATES = Object.keys(TONES) as readonly TaskState[];

/** The states of tasks that exist. */
export const LIVE_STATES: readonly TaskState[] = TASK_STATES.slice(0, 4);

interface StateBadgeProps {
  readonly state: TaskState;
  readonly isDeadLetter: boolean;
}

/** The state of a task. A dead letter is scheduled, but it does not wait for a delivery. */
export function StateBadge({ state, isDeadLetter }: StateBadgeProps): JSX.Element {
  if (isDeadLetter && state === "scheduled") return <span class="badge bad">dead letter</span>;
  return <span class={`badge ${TONES[state]}`}>{state}</span>;
}
