import type { EngineQueue, EngineTask } from "./engine-state.ts";

/**
 * Returns when the oldest task of a queue reaches the queue's `task_ttl`. Cloud Tasks deletes a task of that age, even if it
 * has not succeeded. Tasks are created in order of time, so the oldest one always expires first.
 *
 * Source: `Queue.task_ttl` in google/cloud/tasks/v2beta3/queue.proto.
 *
 * @returns milliseconds since the epoch, infinite if the queue has no task
 */
export function nextExpiryAt(queue: EngineQueue): number {
  const oldest = queue.log.oldest();
  return oldest ? oldest.record.createdAt + queue.record.settings.taskTtlMs : Number.POSITIVE_INFINITY;
}

/** Returns the oldest task of a queue if it has reached the queue's `task_ttl`. */
export function expiredTask(queue: EngineQueue, now: number): EngineTask | undefined {
  return nextExpiryAt(queue) <= now ? queue.log.oldest() : undefined;
}
