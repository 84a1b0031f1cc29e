import type { Clock } from "../clock/clock.ts";
import type { QueueEvent, TaskEvent } from "../emulator-events.ts";
import { taskName } from "../engine/engine-state.ts";
import type { EventHub } from "../event-hub.ts";
import type { Store } from "../store/store.ts";

/** What watching a store needs. */
export interface Watch {
  readonly events: EventHub;
  readonly clock: Pick<Clock, "now">;
}

/**
 * A store that tells of tasks and queues as they come and go: whatever the engine does, and whoever asked for it, passes here.
 *
 * @param store - does the work
 * @param watch - who is told
 * @returns a store that does the same
 */
export function watchStore(store: Store, { events, clock }: Watch): Store {
  const queues = new Set<string>();
  const tellTask = (kind: TaskEvent["kind"], queue: string, id: string): void => {
    if (events.has("task")) events.emit("task", { kind, task: taskName(queue, id), queue, at: clock.now() });
  };
  const tellQueue = (kind: QueueEvent["kind"], queue: string): void => {
    events.emit("queue", { kind, queue, at: clock.now() });
  };
  return {
    load: () => {
      const stored = store.load();
      const kept = [...stored.queues];
      for (const { name } of kept) queues.add(name);
      return { ...stored, queues: kept };
    },
    putQueue: (queue) => {
      store.putQueue(queue);
      tellQueue(queues.has(queue.name) ? "changed" : "created", queue.name);
      queues.add(queue.name);
    },
    deleteQueue: (name) => {
      store.deleteQueue(name);
      if (queues.delete(name)) tellQueue("deleted", name);
    },
    insertTask: (task, request) => {
      store.insertTask(task, request);
      tellTask("created", task.queue, task.id);
    },
    updateTask: (task) => store.updateTask(task),
    deleteTask: (task) => {
      store.deleteTask(task);
      tellTask("deleted", task.queue, task.id);
    },
    deleteTasks: (queue) => {
      store.deleteTasks(queue);
      tellQueue("purged", queue);
    },
    requestOf: (task) => store.requestOf(task),
    putTombstone: (tombstone) => store.putTombstone(tombstone),
    deleteTombstone: (name) => store.deleteTombstone(name),
    putValue: (value) => store.putValue(value),
    deleteValue: (key) => store.deleteValue(key),
    clear: () => {
      store.clear();
      for (const name of queues) tellQueue("deleted", name);
      queues.clear();
    },
    flushed: () => store.flushed(),
    close: () => store.close(),
  };
}
