import type { QueueRecord, StoredValue, TaskRecord, TaskRequest, Tombstone } from "../engine/records.ts";
import type { Store, StoredState } from "./store.ts";

interface StoredTask {
  record: TaskRecord;
  readonly request: TaskRequest;
}

/** Keeps the state in memory. It is lost when the process ends. */
export class MemoryStore implements Store {
  readonly #queues = new Map<string, QueueRecord>();
  readonly #tasks = new Map<string, Map<number, StoredTask>>();
  /** Grouped by queue, so deleting a queue takes the same time however many tombstones other queues have. */
  readonly #tombstones = new Map<string, Map<string, Tombstone>>();
  readonly #values = new Map<string, StoredValue>();

  load(): StoredState {
    const storedTasks = [...this.#tasks.values()].flatMap((tasks) => [...tasks.values()]);
    return {
      queues: [...this.#queues.values()],
      tasks: storedTasks.map(({ record }) => record).sort((a, b) => a.sequence - b.sequence),
      tombstones: [...this.#tombstones.values()]
        .flatMap((names) => [...names.values()])
        .sort((a, b) => a.reusableAt - b.reusableAt),
      values: [...this.#values.values()],
    };
  }

  putQueue(queue: QueueRecord): void {
    this.#queues.set(queue.name, queue);
  }

  deleteQueue(name: string): void {
    this.#queues.delete(name);
    this.#tasks.delete(name);
    const queueTombstone = this.#tombstones.get(name)?.get(name);
    this.#tombstones.delete(name);
    if (queueTombstone) this.putTombstone(queueTombstone);
  }

  insertTask(record: TaskRecord, request: TaskRequest): void {
    const tasks = this.#tasks.get(record.queue) ?? new Map<number, StoredTask>();
    this.#tasks.set(record.queue, tasks.set(record.sequence, { record, request }));
  }

  updateTask(record: TaskRecord): void {
    const stored = this.#tasks.get(record.queue)?.get(record.sequence);
    if (stored) stored.record = record;
  }

  deleteTask(record: TaskRecord): void {
    this.#tasks.get(record.queue)?.delete(record.sequence);
  }

  deleteTasks(queue: string): void {
    this.#tasks.delete(queue);
  }

  requestOf(record: TaskRecord): TaskRequest | undefined {
    return this.#tasks.get(record.queue)?.get(record.sequence)?.request;
  }

  putTombstone(tombstone: Tombstone): void {
    const queue = queueOf(tombstone.name);
    const names = this.#tombstones.get(queue) ?? new Map<string, Tombstone>();
    this.#tombstones.set(queue, names.set(tombstone.name, tombstone));
  }

  deleteTombstone(name: string): void {
    const names = this.#tombstones.get(queueOf(name));
    names?.delete(name);
    if (names?.size === 0) this.#tombstones.delete(queueOf(name));
  }

  putValue(value: StoredValue): void {
    this.#values.set(value.key, value);
  }

  deleteValue(key: string): void {
    this.#values.delete(key);
  }

  clear(): void {
    this.#queues.clear();
    this.#tasks.clear();
    this.#tombstones.clear();
  }

  flushed(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Returns the queue name of a task name. A queue name is returned unchanged. */
function queueOf(name: string): string {
  const at = name.indexOf("/tasks/");
  return at < 0 ? name : name.slice(0, at);
}
