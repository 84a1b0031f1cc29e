import { taskName } from "../engine/engine-state.ts";
import type { QueueRecord, StoredValue, TaskRecord, TaskRequest, Tombstone } from "../engine/records.ts";
import { NameQueue } from "../memory/name-queue.ts";
import { type PackedRequest, packed, unpacked } from "./packed-request.ts";
import type { PurgedNames, Store, StoredState } from "./store.ts";

/** Purged tasks to replace by their tombstones within one turn of the event loop. */
const NAMES_PER_TURN = 2_000;

/** Between the name of a queue and the id of a task. */
const SEPARATOR = "/tasks/";

/** The times at which the names of removed tasks become free, by id. */
interface TaskTombstones {
  /** The ids that callers chose. */
  readonly named: NameQueue;
  readonly generated: NameQueue;
}

interface StoredTask {
  /** Unset when the task was deleted. */
  record: TaskRecord | undefined;
  readonly request: PackedRequest;
}

/** Keeps the state in memory. It is lost when the process ends. */
export class MemoryStore implements Store {
  readonly #queues = new Map<string, QueueRecord>();
  readonly #tasks = new Map<string, Map<number, StoredTask>>();
  /** Grouped by queue, so deleting a queue takes the same time however many tombstones other queues have. */
  readonly #tombstones = new Map<string, TaskTombstones>();
  readonly #queueTombstones = new Map<string, Tombstone>();
  readonly #values = new Map<string, StoredValue>();

  /** The purges with names that have no tombstone yet. */
  #purges: { readonly queue: string; readonly tombstones: Iterator<Tombstone, undefined> }[] = [];

  load(): StoredState {
    this.#moveNames(Number.POSITIVE_INFINITY);
    const storedTasks = [...this.#tasks.values()].flatMap((tasks) => [...tasks.values()]);
    return {
      queues: [...this.#queues.values()],
      tasks: storedTasks.flatMap(({ record }) => record ?? []).sort((a, b) => a.sequence - b.sequence),
      tombstones: [...this.#queueTombstones.values(), ...this.#taskTombstones()].sort(
        (a, b) => a.reusableAt - b.reusableAt,
      ),
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
    this.#tombstones.delete(name);
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
    const tasks = this.#tasks.get(record.queue);
    const stored = tasks?.get(record.sequence);
    if (!tasks || !stored) return;
    // See `removeTask()` in the engine.
    stored.record = undefined;
    tasks.delete(record.sequence);
    if (tasks.size === 0) this.#tasks.set(record.queue, new Map());
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
    const [queue, id] = partsOf(tombstone.name);
    if (id === undefined) {
      this.#queueTombstones.set(queue, tombstone);
      return;
    }
    const { named, generated } = this.#tombstones.get(queue) ?? this.#addTombstones(queue);
    const [to, other] = tombstone.named ? [named, generated] : [generated, named];
    other.delete(id);
    to.set(id, tombstone.reusableAt);
  }

  deleteTombstone(name: string): void {
    const [queue, id] = partsOf(name);
    if (id === undefined) {
      this.#queueTombstones.delete(name);
      return;
    }
    const tombstones = this.#tombstones.get(queue);
    if (!tombstones?.named.delete(id)) tombstones?.generated.delete(id);
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
    this.#queueTombstones.clear();
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
    const [queue, id = ""] = partsOf(name);
    const tombstones = this.#tombstones.get(queue);
    return tombstones?.named.get(id) ?? tombstones?.generated.get(id) ?? Number.NEGATIVE_INFINITY;
  }

  #addTombstones(queue: string): TaskTombstones {
    const added = { named: new NameQueue(), generated: new NameQueue() };
    this.#tombstones.set(queue, added);
    return added;
  }

  *#taskTombstones(): Generator<Tombstone, void, undefined> {
    for (const [queue, tombstones] of this.#tombstones) {
      for (const named of [true, false]) {
        const names = named ? tombstones.named : tombstones.generated;
        for (const [id, reusableAt] of names.entries()) yield { name: taskName(queue, id), named, reusableAt };
      }
    }
  }
}

function* tombstonesOf(
  queue: string,
  tasks: Iterable<StoredTask>,
  names: PurgedNames,
): Generator<Tombstone, undefined> {
  for (const { record } of tasks) {
    if (!record || (!record.named && record.sequence <= names.generatedAfter)) continue;
    yield { name: taskName(queue, record.id), named: record.named, reusableAt: names.reusableAt };
  }
}

/** Returns the queue name and the id of a task name, or only the queue name if it is one. */
function partsOf(name: string): [queue: string, id?: string] {
  const at = name.indexOf(SEPARATOR);
  return at < 0 ? [name] : [name.slice(0, at), name.slice(at + SEPARATOR.length)];
}
