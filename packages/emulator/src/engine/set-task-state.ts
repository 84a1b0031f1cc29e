import type { EngineQueue, EngineTask } from "./engine-state.ts";
import type { LiveState } from "./task-counts.ts";

/** Sets the state of a task, and counts it. */
export function setTaskState(task: EngineTask, state: LiveState): void {
  task.queue.counts.move(task.record, task.state, state);
  task.state = state;
}

/**
 * Counts the tasks that have become due as due.
 *
 * @param now - milliseconds since the epoch
 * @param limit - tasks to examine at most
 * @returns whether all were counted; otherwise call again
 */
export function refreshDue(queue: EngineQueue, now: number, limit: number = Number.POSITIVE_INFINITY): boolean {
  return queue.waiting.refresh(now, limit, setTaskState);
}
