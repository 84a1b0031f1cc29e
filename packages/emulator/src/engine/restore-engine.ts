import { addQueue, addTasks, type EngineOptions, type EngineState, emptyState, tombstonesOf } from "./engine-state.ts";
import { refreshWake } from "./next-event.ts";
import type { TaskRecord, Tombstone } from "./records.ts";

/**
 * Creates an engine from the state in its store. If an attempt was in flight when the previous engine stopped, its answer is
 * lost. The task then waits with its old schedule time and is dispatched again: delivery is at least once.
 */
export function restoreEngine(options: EngineOptions): EngineState {
  const state = emptyState(options);
  const stored = options.store.load();
  for (const record of stored.queues) addQueue(state, record);
  for (const [queue, records] of byQueue(stored.tasks)) {
    state.lastSequence = records.reduce((last, { sequence }) => Math.max(last, sequence), state.lastSequence);
    const existing = state.queues.get(queue);
    if (existing) addTasks(existing, records);
  }
  for (const { key, value } of stored.values) state.values.set(key, value);
  // Read all tombstones first: adding one beyond the limit deletes another from the store.
  for (const tombstone of [...stored.tombstones]) restoreTombstone(state, tombstone);
  for (const queue of state.queues.values()) refreshWake(state, queue);
  return state;
}

function byQueue(tasks: Iterable<TaskRecord>): ReadonlyMap<string, readonly TaskRecord[]> {
  const queues = new Map<string, TaskRecord[]>();
  for (const task of tasks) {
    const ofQueue = queues.get(task.queue);
    if (ofQueue) ofQueue.push(task);
    else queues.set(task.queue, [task]);
  }
  return queues;
}

function restoreTombstone(state: EngineState, tombstone: Tombstone): void {
  const [queueName = "", id] = tombstone.name.split("/tasks/");
  const queue = state.queues.get(queueName);
  if (id === undefined) state.queueTombstones.add(queueName, tombstone.reusableAt);
  else if (queue) tombstonesOf(queue, tombstone).add(id, tombstone.reusableAt);
}
