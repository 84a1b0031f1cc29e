import type { EngineState } from "./engine-state.ts";
import { deleteValue } from "./values.ts";

/** Prefixes of the values that API calls set. A reset deletes them together with queues and tasks. */
const PREFIXES_SET_BY_CALLS = ["operation/", "firebase/", "cmek/"];

/**
 * Deletes every queue, task and tombstone, and the values that API calls have set: operations, Firebase URLs and CMEK
 * settings. All other values stay. The results of attempts still in flight are ignored.
 */
export function resetEngine(state: EngineState): void {
  for (const queue of state.queues.values()) {
    queue.removedUntil = state.lastSequence;
    state.wakes.remove(queue);
  }
  for (let attempt = state.attempts.pop(); attempt; attempt = state.attempts.pop()) attempt.finished = true;
  state.queues.clear();
  state.purgedQueues.clear();
  state.queueTombstones.clear();
  state.store.clear();
  for (const key of state.values.keys()) {
    if (PREFIXES_SET_BY_CALLS.some((prefix) => key.startsWith(prefix))) deleteValue(state, key);
  }
}
