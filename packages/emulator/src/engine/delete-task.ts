import { bury } from "./bury.ts";
import type { EngineState, EngineTask } from "./engine-state.ts";
import { refreshWake } from "./wake.ts";

/**
 * Takes a task away, be it deleted, done, exhausted or too old: it is never dispatched again, attempts that still run are
 * ignored, and its name stays taken for the cooldown.
 */
export function deleteTask(state: EngineState, task: EngineTask): void {
  const { queue, record } = task;
  task.gone = true;
  queue.tasks.delete(record.id);
  queue.waiting.remove(task);
  queue.log.noteGone();
  state.store.deleteTask(record);
  bury(state, queue, record, state.clock.now());
  refreshWake(state, queue);
}
