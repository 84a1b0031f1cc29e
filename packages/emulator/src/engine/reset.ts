import type { EngineState } from "./engine-state.ts";
import { deleteValue } from "./values.ts";

/** Values under these names are set by calls of the API, and go with the queues and tasks. */
const passingValues = ["operation/", "firebase/", "cmek/"];

/**
 * Forgets every queue, task and name, and what calls have set: operations, Firebase's URLs and CMEK; all other values stay. Attempts that still run end
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
    if (passingValues.some((prefix) => key.startsWith(prefix))) deleteValue(state, key);
  }
}
