import type { EngineQueue, EngineState } from "./engine-state.ts";
import { nextExpiryAt } from "./task-expiry.ts";

/**
 * Recalculates when the engine must look at a queue next: for a dispatch, or for a task that reaches `task_ttl`. Must be
 * called after every change of a queue. Takes O(log n) in the number of queues.
 */
export function refreshWake(state: EngineState, queue: EngineQueue): void {
  const now = state.clock.now();
  applyThrottle(queue, now);
  const wakeAt = Math.min(nextCheckAt(queue, now), nextExpiryAt(queue));
  if (wakeAt === queue.wakeAt) return;
  queue.wakeAt = wakeAt;
  if (queue.heapIndex >= 0) state.wakes.moved(queue);
}

/**
 * Returns when the engine has something to do next: a dispatch, a dispatch deadline, or a task that reaches `task_ttl`.
 *
 * @returns milliseconds since the epoch, infinite if nothing is planned
 */
export function nextEventAt(state: EngineState): number {
  const wake = state.wakes.peek()?.wakeAt ?? Number.POSITIVE_INFINITY;
  const deadline = state.attempts.peek()?.deadlineAt ?? Number.POSITIVE_INFINITY;
  return Math.min(wake, deadline);
}

/**
 * Checks whether nothing is in flight and nothing is due. A task is due if its queue is running and its schedule time has
 * passed, even if the rate still delays it. Retries that wait for their backoff and tasks of paused queues are not due.
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
 * Returns when a queue can dispatch its next task: at the schedule time of that task, or later when the rate delays it. A
 * queue that is not running or is at its concurrency limit dispatches nothing until one of the two changes.
 *
 * @returns milliseconds since the epoch, infinite if the queue is empty or must not dispatch now
 */
export function nextDispatchAt(queue: EngineQueue, now: number): number {
  const first = queue.waiting.peek();
  const isOpen = queue.record.state === "RUNNING" && queue.inFlight < queue.record.settings.maxConcurrentDispatches;
  if (!first || !isOpen) return Number.POSITIVE_INFINITY;
  return Math.max(first.record.scheduledAt, queue.bucket.readyAt(now));
}

/** Like `nextDispatchAt`, but not later than the time at which a throttled queue speeds up: its next token is ready earlier then. */
function nextCheckAt(queue: EngineQueue, now: number): number {
  const dispatchAt = nextDispatchAt(queue, now);
  if (!queue.throttle || dispatchAt === Number.POSITIVE_INFINITY) return dispatchAt;
  return Math.min(dispatchAt, queue.throttle.nextStepAt(now));
}

function applyThrottle({ throttle, bucket, record }: EngineQueue, now: number): void {
  if (!throttle) return;
  const { maxDispatchesPerSecond, maxBurstSize } = record.settings;
  const factor = throttle.factor(now);
  bucket.configure(maxDispatchesPerSecond * factor, Math.max(1, Math.floor(maxBurstSize * factor)), now);
}
