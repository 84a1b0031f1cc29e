import type { EngineQueue, EngineState } from "./engine-state.ts";
import { refreshWake } from "./next-event.ts";
import type { QueueRecord, QueueSettings, QueueState } from "./records.ts";

/** Pauses or resumes a queue. A paused queue starts no attempts; attempts already in flight continue. */
export function setQueueState(state: EngineState, queue: EngineQueue, newState: QueueState): void {
  replaceRecord(state, queue, { ...queue.record, state: newState });
}

/**
 * Replaces the settings of a queue. They apply at once, also to tasks that already wait. A retry that is already scheduled
 * keeps its time.
 */
export function setQueueSettings(state: EngineState, queue: EngineQueue, settings: QueueSettings): void {
  queue.bucket.configure(settings.maxDispatchesPerSecond, settings.maxBurstSize, state.clock.now());
  replaceRecord(state, queue, { ...queue.record, settings });
}

/** Records when the queue was last purged. */
export function setPurgeTime(state: EngineState, queue: EngineQueue, purgedAt: number): void {
  replaceRecord(state, queue, { ...queue.record, purgedAt });
}

/**
 * Replaces the IAM policy of a queue.
 *
 * @param policy - a google.iam.v1.Policy as JSON
 */
export function setQueuePolicy(state: EngineState, queue: EngineQueue, policy: string): void {
  replaceRecord(state, queue, { ...queue.record, policy });
}

function replaceRecord(state: EngineState, queue: EngineQueue, record: QueueRecord): void {
  queue.record = record;
  state.store.putQueue(record);
  refreshWake(state, queue);
}
