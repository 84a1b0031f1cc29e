import type { EngineQueue, EngineState } from "./engine-state.ts";

/** What google.cloud.tasks.v2beta3.QueueStats tells. */
export interface QueueStats {
  /** Tasks that wait, those in flight too. */
  readonly tasksCount: number;
  /** The schedule time of the task that is next in turn, in milliseconds since the epoch; unset where none waits. */
  readonly oldestEstimatedArrivalAt: number | undefined;
  /** Attempts that ended within the last minute, however they ended. */
  readonly executedLastMinuteCount: number;
  /** Attempts in flight. */
  readonly concurrentDispatchesCount: number;
  /** How many dispatches a second the queue allows at present: its rate, less where it is slowed down. */
  readonly effectiveExecutionRate: number;
}

/** The statistics of a queue as they are now. O(1). */
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
