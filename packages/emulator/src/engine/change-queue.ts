import type { EngineQueue, EngineState } from "./engine-state.ts";
import type { QueueRecord, QueueSettings, QueueState } from "./records.ts";
import { refreshWake } from "./wake.ts";

/** RUNNING ⇄ PAUSED. What is in flight goes on; what waits, waits on until the queue runs. */
export function setQueueState(state: EngineState, queue: EngineQueue, to: QueueState): void {
  keep(state, queue, { ...queue.record, state: to });
}

/** New limits: they hold from now on, for tasks that wait as well; a backoff that has begun stays as it is. */
export function setQueueSettings(state: EngineState, queue: EngineQueue, settings: QueueSettings): void {
  queue.bucket.configure(settings.maxDispatchesPerSecond, settings.maxBurstSize, state.clock.now());
  keep(state, queue, { ...queue.record, settings });
}

/** Notes that all tasks were purged. */
export function setPurgeTime(state: EngineState, queue: EngineQueue, purgedAt: number): void {
  keep(state, queue, { ...queue.record, purgedAt });
}

/** The access policy, as JSON. */
export function setQueuePolicy(state: EngineState, queue: EngineQueue, policy: string): void {
  keep(state, queue, { ...queue.record, policy });
}

function keep(state: EngineState, queue: EngineQueue, record: QueueRecord): void {
  queue.record = record;
  state.store.putQueue(record);
  refreshWake(state, queue);
}
