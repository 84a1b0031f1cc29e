import { type EngineState, type EngineTask, taskName, tombstonesOf } from "./engine-state.ts";
import { refreshWake } from "./wake.ts";

/**
 * Takes a task away, be it deleted, done or exhausted: it is never dispatched again, attempts that still run are ignored,
 * and its name stays taken for the cooldown.
 */
export function deleteTask(state: EngineState, task: EngineTask): void {
  const { queue, record } = task;
  const now = state.clock.now();
  task.gone = true;
  queue.tasks.delete(record.id);
  queue.waiting.remove(task);
  queue.log.noteGone();
  state.store.deleteTask(record);
  bury(state, task, now);
  refreshWake(state, queue);
}

function bury(state: EngineState, { queue, record }: EngineTask, now: number): void {
  const tombstones = tombstonesOf(queue, record);
  const reusableAt = now + state.taskCooldownMs;
  if (reusableAt > now) {
    tombstones.add(record.id, reusableAt);
    state.store.putTombstone({ name: taskName(queue.record.name, record.id), named: record.named, reusableAt });
  }
  tombstones.prune(now);
}
