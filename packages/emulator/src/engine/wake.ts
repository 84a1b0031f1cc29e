import type { EngineQueue, EngineState } from "./engine-state.ts";
import { nextExpiryAt } from "./expiry.ts";

/**
 * To be called after every change of a queue: works out when it has something to do next, a dispatch or a task that gets too
 * old. O(log n) in the number of queues.
 */
export function refreshWake(state: EngineState, queue: EngineQueue): void {
  const now = state.clock.now();
  slowDown(queue, now);
  const wakeAt = Math.min(nextLookAt(queue, now), nextExpiryAt(queue));
  if (wakeAt === queue.wakeAt) return;
  queue.wakeAt = wakeAt;
  if (queue.heapIndex >= 0) state.wakes.moved(queue);
}

/**
 * When the engine has something to do next: a dispatch, a deadline that passes, or a task that gets too old.
 *
 * @returns milliseconds since the epoch, infinite where nothing is planned
 */
export function nextEventAt(state: EngineState): number {
  const wake = state.wakes.peek()?.wakeAt ?? Number.POSITIVE_INFINITY;
  const deadline = state.attempts.peek()?.deadlineAt ?? Number.POSITIVE_INFINITY;
  return Math.min(wake, deadline);
}

/**
 * Whether nothing is in flight and nothing is due: no attempt runs, and no running queue holds a task whose schedule time
 * has come, be it held back by its rate. Retries that wait for their time and paused queues do not count.
 */
export function isIdle(state: EngineState): boolean {
  if (state.attempts.size > 0) return false;
  const now = state.clock.now();
  for (const queue of state.queues.values()) {
    const first = queue.waiting.peek();
    if (first && queue.record.state === "RUNNING" && first.record.scheduledAt <= now) return false;
  }
  return true;
}

/**
 * When a queue can dispatch its next task, as far as its state, its concurrency and its present rate allow.
 *
 * @returns milliseconds since the epoch, infinite where something else has to happen first
 */
export function nextDispatchAt(queue: EngineQueue, now: number): number {
  const first = queue.waiting.peek();
  const isOpen = queue.record.state === "RUNNING" && queue.inFlight < queue.record.settings.maxConcurrentDispatches;
  if (!first || !isOpen) return Number.POSITIVE_INFINITY;
  return Math.max(first.record.scheduledAt, queue.bucket.readyAt(now));
}

/** A queue that is slowed down looks again when its rate grows: its next token comes sooner then. */
function nextLookAt(queue: EngineQueue, now: number): number {
  const dispatchAt = nextDispatchAt(queue, now);
  if (!queue.throttle || dispatchAt === Number.POSITIVE_INFINITY) return dispatchAt;
  return Math.min(dispatchAt, queue.throttle.nextStepAt(now));
}

function slowDown({ throttle, bucket, record }: EngineQueue, now: number): void {
  if (!throttle) return;
  const { maxDispatchesPerSecond, maxBurstSize } = record.settings;
  const factor = throttle.factor(now);
  bucket.configure(maxDispatchesPerSecond * factor, Math.max(1, Math.floor(maxBurstSize * factor)), now);
}
