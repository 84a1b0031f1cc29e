import { setPurgeTime } from "./change-queue.ts";
import { deleteTask } from "./delete-task.ts";
import type { EngineQueue, EngineState } from "./engine-state.ts";

/** Deletes every task of a queue. */
export function purgeQueue(state: EngineState, queue: EngineQueue): void {
  for (const task of queue.tasks.values()) deleteTask(state, task);
  setPurgeTime(state, queue, state.clock.now());
}

/** Deletes a queue with its tasks; its name stays taken for the cooldown. */
export function deleteQueue(state: EngineState, queue: EngineQueue): void {
  const { name } = queue.record;
  for (const task of queue.tasks.values()) task.gone = true;
  state.queues.delete(name);
  state.wakes.remove(queue);
  state.store.deleteQueue(name);
  if (state.queueCooldownMs <= 0) return;
  const reusableAt = state.clock.now() + state.queueCooldownMs;
  state.queueTombstones.add(name, reusableAt);
  state.store.putTombstone({ name, named: true, reusableAt });
}
