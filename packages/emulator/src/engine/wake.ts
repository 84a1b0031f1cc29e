import type { EngineQueue, EngineState } from "./engine-state.ts";

/** To be called after every change of a queue: works out when it can dispatch next. O(log n) in the number of queues. */
export function refreshWake(state: EngineState, queue: EngineQueue): void {
  const wakeAt = nextDispatchAt(queue, state.clock.now());
  if (wakeAt === queue.wakeAt) return;
  queue.wakeAt = wakeAt;
  if (queue.heapIndex >= 0) state.wakes.moved(queue);
}

/**
 * When the engine has something to do next: a dispatch, or a deadline that passes.
 *
 * @returns milliseconds since the epoch, infinite where nothing is planned
 */
export function nextEventAt(state: EngineState): number {
  const dispatch = state.wakes.peek()?.wakeAt ?? Number.POSITIVE_INFINITY;
  const deadline = state.attempts.peek()?.deadlineAt ?? Number.POSITIVE_INFINITY;
  return Math.min(dispatch, deadline);
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

function nextDispatchAt(queue: EngineQueue, now: number): number {
  const first = queue.waiting.peek();
  const isOpen = queue.record.state === "RUNNING" && queue.inFlight < queue.record.settings.maxConcurrentDispatches;
  if (!first || !isOpen) return Number.POSITIVE_INFINITY;
  return Math.max(first.record.scheduledAt, queue.bucket.readyAt(now));
}
