import { type EngineQueue, type EngineState, taskName, tombstonesOf } from "./engine-state.ts";
import type { TaskRecord } from "./records.ts";

/** Keeps the name of a task that has gone from being used again for a while. */
export function writeTombstone(state: EngineState, queue: EngineQueue, { id, named }: TaskRecord, now: number): void {
  const tombstones = tombstonesOf(queue, { named });
  tombstones.prune(now);
  const reusableAt = now + (queue.record.settings.tombstoneTtlMs ?? state.taskCooldownMs);
  if (reusableAt <= now) return;
  tombstones.add(id, reusableAt);
  state.store.putTombstone({ name: taskName(queue.record.name, id), named, reusableAt });
}
