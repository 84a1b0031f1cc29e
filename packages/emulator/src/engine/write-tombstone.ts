import { type EngineQueue, type EngineState, taskName, tombstonesOf } from "./engine-state.ts";
import type { TaskRecord } from "./records.ts";

/**
 * Keeps the name of a removed task taken for the tombstone's lifetime, so no new task can use it: "Task De-duplication" in
 * google/cloud/tasks/v2/cloudtasks.proto. The lifetime is the queue's `tombstone_ttl`, or else the engine's default.
 */
export function writeTombstone(state: EngineState, queue: EngineQueue, { id, named }: TaskRecord, now: number): void {
  const tombstones = tombstonesOf(queue, { named });
  tombstones.prune(now);
  const reusableAt = now + (queue.record.settings.tombstoneTtlMs ?? state.taskCooldownMs);
  if (reusableAt <= now) return;
  tombstones.add(id, reusableAt);
  state.store.putTombstone({ name: taskName(queue.record.name, id), named, reusableAt });
}
