import { type EngineQueue, type EngineState, taskName } from "./engine-state.ts";

/** Purged tasks to release in one slice, which takes about a millisecond. */
const RELEASED_PER_SLICE = 2_000;

/** Tombstones to delete in one slice. The store takes a few microseconds for each. */
const FREED_PER_SLICE = 500;

/**
 * Does a part of the work that purges leave: releases the memory of purged tasks, and deletes their tombstones when their names
 * are free again.
 *
 * @returns whether work is left
 */
export function sweepPurges(state: EngineState): boolean {
  const now = state.clock.now();
  for (const queue of state.purgedQueues) if (sweepQueue(state, queue, now)) return true;
  return false;
}

/**
 * Returns the next time at which names of purged tasks are free again and `sweepPurges()` has work: milliseconds since the epoch,
 * infinite if there are no such names.
 */
export function nextSweepAt({ purgedQueues, clock }: EngineState): number {
  const now = clock.now();
  let next = Number.POSITIVE_INFINITY;
  for (const { purges } of purgedQueues) {
    for (const { reusableAt } of purges) if (reusableAt > now) next = Math.min(next, reusableAt);
  }
  return next;
}

function sweepQueue(state: EngineState, queue: EngineQueue, now: number): boolean {
  for (const purge of queue.purges) {
    if (now < purge.reusableAt) {
      if (purge.isReleased) continue;
      purge.release(RELEASED_PER_SLICE);
      return true;
    }
    const ids = purge.freed(FREED_PER_SLICE);
    for (const id of ids) state.store.deleteTombstone(taskName(queue.record.name, id));
    if (ids.length < FREED_PER_SLICE) queue.purges = queue.purges.filter((each) => each !== purge);
    return true;
  }
  if (queue.purges.length === 0) state.purgedQueues.delete(queue);
  return false;
}
