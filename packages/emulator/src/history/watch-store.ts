import type { Clock } from "../clock/clock.ts";
import type { QueueEvent, TaskEvent } from "../emulator-events.ts";
import { taskName } from "../engine/engine-state.ts";
import type { TaskRecord } from "../engine/records.ts";
import type { EventHub } from "../event-hub.ts";
import type { Store } from "../store/store.ts";
import type { Stats } from "./stats/stats.ts";
import type { FinishedTaskIndex } from "./tasks/finished-task-index.ts";

/** The parts of an emulator that need to know about changes of tasks and queues. */
export interface WatchContext {
  readonly events: EventHub;
  readonly clock: Pick<Clock, "now">;
  readonly finishedTasks: Pick<FinishedTaskIndex, "taskDeleted" | "queueEmptied">;
  readonly stats: Pick<Stats, "created" | "queueDeleted">;
  /** Called before a dead letter is removed. */
  readonly letterRemoved: (letter: TaskRecord) => void;
}

/**
 * Wraps a store to emit an event for every change of tasks and queues, and to count them. All changes of the engine go through
 * the store, so none is missed.
 */
export function watchStore(store: Store, context: WatchContext): Store {
  const { events, clock, finishedTasks, stats, letterRemoved } = context;
  const queues = new Set<string>();
  const emitTask = (kind: TaskEvent["kind"], queue: string, id: string): void => {
    if (events.has("task")) events.emit("task", { kind, task: taskName(queue, id), queue, at: clock.now() });
  };
  const emitQueue = (kind: QueueEvent["kind"], queue: string): void => {
    events.emit("queue", { kind, queue, at: clock.now() });
  };
  return {
    load: () => {
      const stored = store.load();
      const storedQueues = [...stored.queues];
      for (const { name } of storedQueues) queues.add(name);
      return { ...stored, queues: storedQueues };
    },
    putQueue: (queue) => {
      store.putQueue(queue);
      emitQueue(queues.has(queue.name) ? "changed" : "created", queue.name);
      queues.add(queue.name);
    },
    deleteQueue: (name) => {
      store.deleteQueue(name);
      finishedTasks.queueEmptied(name);
      stats.queueDeleted(name);
      if (queues.delete(name)) emitQueue("deleted", name);
    },
    insertTask: (task, request) => {
      store.insertTask(task, request);
      stats.created(task, clock.now());
      emitTask("created", task.queue, task.id);
    },
    updateTask: (task) => store.updateTask(task),
    deleteTask: (task) => {
      if (task.isDeadLetter) letterRemoved(task);
      store.deleteTask(task);
      finishedTasks.taskDeleted(task.sequence);
      emitTask("deleted", task.queue, task.id);
    },
    deleteTasks: (queue) => {
      store.deleteTasks(queue);
      finishedTasks.queueEmptied(queue);
      emitQueue("purged", queue);
    },
    purgeTasks: (queue, names) => {
      store.purgeTasks(queue, names);
      finishedTasks.queueEmptied(queue);
      emitQueue("purged", queue);
    },
    requestOf: (task) => store.requestOf(task),
    putTombstone: (tombstone) => store.putTombstone(tombstone),
    deleteTombstone: (name) => store.deleteTombstone(name),
    putValue: (value) => store.putValue(value),
    deleteValue: (key) => store.deleteValue(key),
    clear: () => {
      store.clear();
      for (const name of queues) emitQueue("deleted", name);
      queues.clear();
    },
    flushed: () => store.flushed(),
    close: () => store.close(),
  };
}
