import { bury } from "./bury.ts";
import { setPurgeTime } from "./change-queue.ts";
import { type EngineQueue, type EngineState, GENERATED_TOMBSTONES } from "./engine-state.ts";

/** Deletes every task of a queue. */
export function purgeQueue(state: EngineState, queue: EngineQueue): void {
  const now = state.clock.now();
  const tasks = [...queue.tasks.values()];
  // Only the newest generated ids are remembered: those before them need not be buried, to be dug out again at once.
  let forgotten = tasks.filter(({ record }) => !record.named).length - GENERATED_TOMBSTONES;
  forgetTasks(queue);
  state.store.deleteTasks(queue.record.name);
  for (const { record } of tasks) {
    if (!record.named) forgotten -= 1;
    if (record.named || forgotten < 0) bury(state, queue, record, now);
  }
  setPurgeTime(state, queue, now);
}

/** Deletes a queue with its tasks; its name stays taken for the cooldown. */
export function deleteQueue(state: EngineState, queue: EngineQueue): void {
  const { name } = queue.record;
  forgetTasks(queue);
  state.queues.delete(name);
  state.wakes.remove(queue);
  state.store.deleteQueue(name);
  if (state.queueCooldownMs <= 0) return;
  const reusableAt = state.clock.now() + state.queueCooldownMs;
  state.queueTombstones.add(name, reusableAt);
  state.store.putTombstone({ name, named: true, reusableAt });
}

function forgetTasks(queue: EngineQueue): void {
  for (const task of queue.tasks.values()) task.gone = true;
  queue.tasks.clear();
  queue.waiting.clear();
  queue.log.clear();
}
