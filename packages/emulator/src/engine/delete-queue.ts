import { setPurgeTime } from "./change-queue.ts";
import { type EngineQueue, type EngineState, type EngineTask, GENERATED_TOMBSTONES } from "./engine-state.ts";
import { Purge } from "./purge.ts";
import { tombstoneEnd } from "./write-tombstone.ts";

/** Tasks whose names are examined for the tombstones of generated ids, at most. */
const MAX_EXAMINED = 2 * GENERATED_TOMBSTONES;

/** Purged tasks to release at once. The others are released by `sweepPurges()`. */
const RELEASED_AT_ONCE = 1_000;

/**
 * Deletes all tasks of a queue and records the purge time. The queue stays in its state, and the names of its tasks stay
 * taken. Takes the same time for any number of tasks; `sweepPurges()` does the rest.
 */
export function purgeQueue(state: EngineState, queue: EngineQueue): void {
  const now = state.clock.now();
  const { name } = queue.record;
  const names = { reusableAt: tombstoneEnd(state, queue, now), generatedAfter: generatedAfter(queue) };
  const tasks = removeAllTasks(state, queue);
  if (names.reusableAt > now) {
    state.store.purgeTasks(name, names);
    keepNames(state, queue, new Purge(tasks, names));
  } else {
    state.store.deleteTasks(name);
  }
  setPurgeTime(state, queue, now);
}

/** Deletes a queue and its tasks. Its name stays taken for `queueCooldownMs`. */
export function deleteQueue(state: EngineState, queue: EngineQueue): void {
  const { name } = queue.record;
  removeAllTasks(state, queue);
  state.queues.delete(name);
  state.purgedQueues.delete(queue);
  state.wakes.remove(queue);
  state.store.deleteQueue(name);
  if (state.queueCooldownMs <= 0) return;
  const reusableAt = state.clock.now() + state.queueCooldownMs;
  state.queueTombstones.add(name, reusableAt);
  state.store.putTombstone({ name, named: true, reusableAt });
}

function removeAllTasks(state: EngineState, queue: EngineQueue): Map<string, EngineTask> {
  const { tasks } = queue;
  queue.removedUntil = state.lastSequence;
  queue.tasks = new Map();
  queue.waiting.clear();
  queue.counts.clear();
  queue.log.clear();
  return tasks;
}

function keepNames(state: EngineState, queue: EngineQueue, purge: Purge): void {
  queue.purges.push(purge);
  state.purgedQueues.add(queue);
  purge.release(RELEASED_AT_ONCE);
}

/**
 * Returns the sequence after which the names of tasks with generated ids are kept: a queue keeps the newest ones only. Tasks
 * with chosen ids between them reduce their number.
 */
function generatedAfter({ log }: EngineQueue): number {
  let found = 0;
  let examined = 0;
  for (const { record } of log.back(Number.POSITIVE_INFINITY)) {
    if (!record.named) found += 1;
    examined += 1;
    if (found > GENERATED_TOMBSTONES || examined > MAX_EXAMINED) return record.sequence;
  }
  return 0;
}
