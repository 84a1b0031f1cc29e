import { addQueue, type EngineQueue, type EngineState } from "./engine-state.ts";
import type { QueueSettings } from "./records.ts";

/** Checks whether a queue of this name can be created. */
export function queueNameState(state: EngineState, name: string): "free" | "taken" | "recently deleted" {
  if (state.queues.has(name)) return "taken";
  const now = state.clock.now();
  state.queueTombstones.prune(now);
  return state.queueTombstones.isTaken(name, now) ? "recently deleted" : "free";
}

/** Creates a running queue. The caller has checked that the name is free. */
export function createQueue(state: EngineState, name: string, settings: QueueSettings): EngineQueue {
  const queue = addQueue(state, { name, settings, state: "RUNNING", purgedAt: undefined, policy: undefined });
  state.store.putQueue(queue.record);
  return queue;
}
