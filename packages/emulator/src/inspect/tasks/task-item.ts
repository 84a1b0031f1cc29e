import { type EngineTask, taskName } from "../../engine/engine-state.ts";
import type { History } from "../../history/history.ts";
import type { FinishedTask } from "../../history/tasks/finished-task.ts";
import type { TaskState } from "../types/common-types.ts";
import type { TaskSort } from "./task-query.ts";

/** A position in a list of tasks. In the order of creation, `at` is 0. */
export interface TaskPosition {
  readonly at: number;
  readonly sequence: number;
}

/** A task that exists or is finished, with its place in a list. */
export type TaskItem = TaskPosition &
  (
    | { readonly task: EngineTask; readonly finished?: undefined }
    | { readonly finished: FinishedTask; readonly task?: undefined }
  );

export function liveItem(task: EngineTask, sort: TaskSort): TaskItem {
  const { scheduledAt, sequence } = task.record;
  return { at: sort === "schedule" ? scheduledAt : 0, sequence, task };
}

export function finishedItem(finished: FinishedTask, sort: TaskSort): TaskItem {
  const { at, sequence } = finished.last;
  return { at: sort === "finish" ? at : 0, sequence, finished };
}

/** Checks whether a position is before another one. */
export function isBefore(a: TaskPosition, b: TaskPosition): boolean {
  return a.at === b.at ? a.sequence < b.sequence : a.at < b.at;
}

/** Returns the state of a task that exists. */
export function liveStateOf({ running, record }: EngineTask, now: number): TaskState {
  if (running > 0) return "running";
  if (record.scheduledAt <= now) return "due";
  return record.failureCount > 0 ? "retrying" : "scheduled";
}

/** Returns the full name of a task; `undefined` if the attempts of a finished task have left the history. */
export function itemName(history: Pick<History, "get">, { task, finished }: TaskItem): string | undefined {
  return task ? taskName(task.queue.record.name, task.record.id) : history.get(finished.last.id)?.task;
}
