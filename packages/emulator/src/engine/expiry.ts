import type { EngineQueue, EngineTask } from "./engine-state.ts";

/**
 * When the first task of a queue has lived for its `task_ttl` and goes, whatever became of it: tasks are created in order of
 * time, so the oldest expires first. Source: `Queue.task_ttl` in google/cloud/tasks/v2beta3/queue.proto.
 *
 * @returns milliseconds since the epoch, infinite where there is no task
 */
export function nextExpiryAt(queue: EngineQueue): number {
  const oldest = queue.log.oldest();
  return oldest ? oldest.record.createdAt + queue.record.settings.taskTtlMs : Number.POSITIVE_INFINITY;
}

/** The oldest task of a queue, if it has lived for too long. */
export function expiredTask(queue: EngineQueue, now: number): EngineTask | undefined {
  return nextExpiryAt(queue) <= now ? queue.log.oldest() : undefined;
}
