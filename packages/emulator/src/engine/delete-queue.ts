import { setPurgeTime } from "./change-queue.ts";
import { type EngineQueue, type EngineState, GENERATED_TOMBSTONES } from "./engine-state.ts";
import { writeTombstone } from "./write-tombstone.ts";

/**
 * Deletes all tasks of a queue and records the purge time. The queue stays in its state, and the names of its tasks stay
 * taken.
 */
export function purgeQueue(state: EngineState, queue: EngineQueue): void {
  const now = state.clock.now();
  const tasks = [...queue.tasks.values()];
  removeAllTasks(queue);
  state.store.deleteTasks(queue.record.name);
  // A queue keeps the newest generated ids only. Writing tombstones for the older ones would delete them again at once.
  const generated = tasks.filter(({ record }) => !record.named).slice(-GENERATED_TOMBSTONES);
  const withTombstone = [...tasks.filter(({ record }) => record.named), ...generated];
  for (const { record } of withTombstone) writeTombstone(state, queue, record, now);
  setPurgeTime(state, queue, now);
}

/** Deletes a queue and its tasks. Its name stays taken for `queueCooldownMs`. */
export function deleteQueue(state: EngineState, queue: EngineQueue): void {
  const { name } = queue.record;
  removeAllTasks(queue);
  state.queues.delete(name);
  state.wakes.remove(queue);
  state.store.deleteQueue(name);
  if (state.queueCooldownMs <= 0) return;
  const reusableAt = state.clock.now() + state.queueCooldownMs;
  state.queueTombstones.add(name, reusableAt);
  state.store.putTombstone({ name, named: true, reusableAt });
}

function removeAllTasks(queue: EngineQueue): void {
  for (const task of queue.tasks.values()) task.removed = true;
  queue.tasks.clear();
  queue.waiting.clear();
  queue.counts.clear();
  queue.log.clear();
}
