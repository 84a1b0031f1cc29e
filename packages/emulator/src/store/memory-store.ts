import type { QueueRecord, StoredValue, TaskRecord, TaskRequest, Tombstone } from "../engine/records.ts";
import { type PackedRequest, packed, unpacked } from "./packed-request.ts";
import type { PurgedNames, Store, StoredState } from "./store.ts";

/** Purged tasks to replace by their tombstones within one turn of the event loop. */
const NAMES_PER_TURN = 2_000;

interface StoredTask {
  record: TaskRecord;
  readonly request: PackedRequest;
}

/** Keeps the state in memory. It is lost when the process ends. */
export class MemoryStore implements Store {
  readonly #queues = new Map<string, QueueRecord>();
  readonly #tasks = new Map<string, Map<number, StoredTask>>();
  /** Grouped by queue, so deleting a queue takes the same time however many tombstones other queues have. */
  readonly #tombstones = new Map<string, Map<string, Tombstone>>();
  readonly #values = new Map<string, StoredValue>();

  /** The purges with names that have no tombstone yet. */
  #purges: { readonly queue: string; readonly tombstones: Iterator<Tombstone, undefined> }[] = [];

  load(): StoredState {
    this.#moveNames(Number.POSITIVE_INFINITY);
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
    this.#purges = this.#purges.filter(({ queue }) => queue !== name);
    const queueTombstone = this.#tombstones.get(name)?.get(name);
    this.#tombstones.delete(name);
    if (queueTombstone) this.putTombstone(queueTombstone);
  }

  insertTask(record: TaskRecord, request: TaskRequest): void {
    const tasks = this.#tasks.get(record.queue) ?? new Map<number, StoredTask>();
    this.#tasks.set(record.queue, tasks.set(record.sequence, { record, request: packed(request) }));
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

  purgeTasks(queue: string, names: PurgedNames): void {
    const tasks = this.#tasks.get(queue);
    this.#tasks.delete(queue);
    if (!tasks) return;
    this.#purges.push({ queue, tombstones: tombstonesOf(queue, tasks.values(), names) });
    this.#moveLater();
  }

  requestOf(record: TaskRecord): TaskRequest | undefined {
    const stored = this.#tasks.get(record.queue)?.get(record.sequence);
    return stored && unpacked(stored.request);
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
    this.#purges = [];
    this.#tombstones.clear();
  }

  flushed(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #moveLater(): void {
    setImmediate(() => {
      this.#moveNames(NAMES_PER_TURN);
      if (this.#purges.length > 0) this.#moveLater();
    });
  }

  #moveNames(limit: number): void {
    for (let moved = 0; moved < limit; moved += 1) {
      const [purge] = this.#purges;
      if (!purge) return;
      const { done, value } = purge.tombstones.next();
      if (done) this.#purges.shift();
      else if (value.reusableAt > this.#reusableAt(value.name)) this.putTombstone(value);
    }
  }

  #reusableAt(name: string): number {
    return this.#tombstones.get(queueOf(name))?.get(name)?.reusableAt ?? Number.NEGATIVE_INFINITY;
  }
}

function* tombstonesOf(
  queue: string,
  tasks: Iterable<StoredTask>,
  names: PurgedNames,
): Generator<Tombstone, undefined> {
  for (const { record } of tasks) {
    if (!record.named && record.sequence <= names.generatedAfter) continue;
    yield { name: `${queue}/tasks/${record.id}`, named: record.named, reusableAt: names.reusableAt };
  }
}

/** Returns the queue name of a task name. A queue name is returned unchanged. */
function queueOf(name: string): string {
  const at = name.indexOf("/tasks/");
  return at < 0 ? name : name.slice(0, at);
}
