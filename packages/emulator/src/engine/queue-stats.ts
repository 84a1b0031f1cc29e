import type { EngineQueue, EngineState } from "./engine-state.ts";

/** Statistics of a queue. Source: google.cloud.tasks.v2beta3.QueueStats in queue.proto. */
export interface QueueStats {
  /** Tasks in the queue, including those with an attempt in flight. */
  readonly tasksCount: number;
  /** The earliest schedule time of a waiting task, in milliseconds since the epoch; unset if no task waits. */
  readonly oldestEstimatedArrivalAt: number | undefined;
  /** Attempts that ended within the last minute, failed ones included. */
  readonly executedLastMinuteCount: number;
  /** Attempts in flight. */
  readonly concurrentDispatchesCount: number;
  /** Dispatches per second that the queue allows now: `maxDispatchesPerSecond`, or less while the queue is slowed down. */
  readonly effectiveExecutionRate: number;
}

/** Returns the current statistics of a queue, in O(1). */
export function queueStats(state: EngineState, queue: EngineQueue): QueueStats {
  const now = state.clock.now();
  return {
    tasksCount: queue.tasks.size,
    oldestEstimatedArrivalAt: queue.waiting.peek()?.record.scheduledAt,
    executedLastMinuteCount: queue.executed.total(now),
    concurrentDispatchesCount: queue.running,
    effectiveExecutionRate: queue.record.settings.maxDispatchesPerSecond * (queue.throttle?.factor(now) ?? 1),
  };
}
