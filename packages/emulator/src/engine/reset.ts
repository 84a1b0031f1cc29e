import type { EngineState } from "./engine-state.ts";

/** Forgets every queue, task and name. Attempts that still run end without effect. */
export function resetEngine(state: EngineState): void {
  for (const queue of state.queues.values()) {
    for (const task of queue.tasks.values()) task.gone = true;
    state.wakes.remove(queue);
  }
  for (let attempt = state.attempts.pop(); attempt; attempt = state.attempts.pop()) attempt.finished = true;
  state.queues.clear();
  state.queueTombstones.clear();
  state.store.clear();
}
