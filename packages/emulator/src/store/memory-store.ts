import type { QueueRecord, StoredValue, TaskRecord, TaskRequest, Tombstone } from "../engine/records.ts";
import type { Store, StoredState } from "./store.ts";

interface Kept {
  record: TaskRecord;
  readonly request: TaskRequest;
}

/** Keeps everything in this process: nothing survives it. */
export class MemoryStore implements Store {
  readonly #queues = new Map<string, QueueRecord>();
  readonly #tasks = new Map<string, Map<number, Kept>>();
  /** By queue: a queue goes with all of its tasks' names, however many there are of others. */
  readonly #tombstones = new Map<string, Map<string, Tombstone>>();
  readonly #values = new Map<string, StoredValue>();

  load(): StoredState {
    const kept = [...this.#tasks.values()].flatMap((tasks) => [...tasks.values()]);
    return {
      queues: [...this.#queues.values()],
      tasks: kept.map(({ record }) => record).sort((a, b) => a.sequence - b.sequence),
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
    const own = this.#tombstones.get(name)?.get(name);
    this.#tombstones.delete(name);
    if (own) this.putTombstone(own);
  }

  insertTask(record: TaskRecord, request: TaskRequest): void {
    const tasks = this.#tasks.get(record.queue) ?? new Map<number, Kept>();
    this.#tasks.set(record.queue, tasks.set(record.sequence, { record, request }));
  }

  updateTask(record: TaskRecord): void {
    const kept = this.#tasks.get(record.queue)?.get(record.sequence);
    if (kept) kept.record = record;
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

/** The queue of a task by its name; that of a queue is its own. */
function queueOf(name: string): string {
  const at = name.indexOf("/tasks/");
  return at < 0 ? name : name.slice(0, at);
}
