import { type EngineQueue, type EngineState, taskName, tombstonesOf } from "./engine-state.ts";
import type { TaskRecord } from "./records.ts";

/** Expired tombstones to delete with each new one. A purge of a million tasks expires at once, and must not block. */
const PRUNED_AT_ONCE = 100;

/** Returns when the name of a task that is removed now becomes free. */
export function tombstoneEnd(state: EngineState, queue: EngineQueue, now: number): number {
  return now + (queue.record.settings.tombstoneTtlMs ?? state.taskCooldownMs);
}

/**
 * Keeps the name of a removed task taken for the tombstone's lifetime, so no new task can use it: "Task De-duplication" in
 * google/cloud/tasks/v2/cloudtasks.proto. The lifetime is the queue's `tombstone_ttl`, or else the engine's default.
 */
export function writeTombstone(state: EngineState, queue: EngineQueue, { id, named }: TaskRecord, now: number): void {
  const tombstones = tombstonesOf(queue, { named });
  tombstones.prune(now, PRUNED_AT_ONCE);
  const reusableAt = tombstoneEnd(state, queue, now);
  if (reusableAt <= now) return;
  tombstones.add(id, reusableAt);
  state.store.putTombstone({ name: taskName(queue.record.name, id), named, reusableAt });
}
