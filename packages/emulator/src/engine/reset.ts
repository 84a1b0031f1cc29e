import type { EngineState } from "./engine-state.ts";
import { deleteValue } from "./values.ts";

/** Values under these names are about queues and tasks, and go with them. */
const PASSING_VALUES = "operation/";

/**
 * Forgets every queue, task and name, and the values of operations; all other values stay. Attempts that still run end
 * without effect.
 */
export function resetEngine(state: EngineState): void {
  for (const queue of state.queues.values()) {
    for (const task of queue.tasks.values()) task.gone = true;
    state.wakes.remove(queue);
  }
  for (let attempt = state.attempts.pop(); attempt; attempt = state.attempts.pop()) attempt.finished = true;
  state.queues.clear();
  state.queueTombstones.clear();
  state.store.clear();
  for (const key of state.values.keys()) {
    if (key.startsWith(PASSING_VALUES)) deleteValue(state, key);
  }
}
