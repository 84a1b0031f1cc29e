import type { EngineState, EngineTask } from "./engine-state.ts";
import { refreshWake } from "./next-event.ts";
import { writeTombstone } from "./write-tombstone.ts";

/**
 * Removes a task that was deleted, succeeded, is exhausted, or is older than the queue's `task_ttl`. It is never dispatched
 * again, the results of attempts still in flight are ignored, and its name leaves a tombstone.
 */
export function deleteTask(state: EngineState, task: EngineTask): void {
  const { queue, record } = task;
  task.removed = true;
  queue.tasks.delete(record.id);
  // See `RunningAttempts`: the tables of this map are linked too.
  if (queue.tasks.size === 0) queue.tasks = new Map();
  queue.waiting.remove(task);
  queue.counts.remove(record, task.state);
  queue.log.noteRemoval();
  state.store.deleteTask(record);
  writeTombstone(state, queue, record, state.clock.now());
  refreshWake(state, queue);
}
