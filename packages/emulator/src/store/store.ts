import type { QueueRecord, StoredValue, TaskRecord, TaskRequest, Tombstone } from "../engine/records.ts";

/** The content of a store. Read each list to its end before the first change. */
export interface StoredState {
  readonly queues: Iterable<QueueRecord>;
  /** The tasks of each queue in order of their sequence. */
  readonly tasks: Iterable<TaskRecord>;
  /** The tombstones of each queue in order of `reusableAt`. */
  readonly tombstones: Iterable<Tombstone>;
  readonly values: Iterable<StoredValue>;
}

/** The tombstones that a purge leaves. */
export interface PurgedNames {
  readonly reusableAt: number;
  /** Tasks with a generated id get a tombstone if their sequence is greater. All tasks with a chosen id get one. */
  readonly generatedAfter: number;
}

/**
 * Keeps the state of an engine. A change is visible to later calls at once, and durable when `flushed()` resolves. The engine
 * never waits for that; only the code that acknowledges a change to a client does, so a store can write changes in groups.
 * Changes made without an `await` between them are atomic: after a crash, all of them or none are there.
 *
 * Changes never throw. If one cannot be written, the store fails permanently: it accepts no more changes, and `flushed()`
 * rejects. So no change is acknowledged and then lost.
 *
 * Records are immutable: neither the engine nor the store modifies a record that it has passed to the other.
 */
export interface Store {
  /**
   * Returns the content of the store.
   *
   * @throws StoreError if a record cannot be read. It is thrown while the lists are iterated.
   */
  load(): StoredState;
  /** Inserts or replaces a queue. */
  putQueue(queue: QueueRecord): void;
  /** Deletes a queue, its tasks and the tombstones of its tasks. Returns quickly, however many there are. */
  deleteQueue(name: string): void;
  /** Inserts a task. Its queue must exist. */
  insertTask(task: TaskRecord, request: TaskRequest): void;
  /** Replaces the record of a task; the request stays the same. Does nothing if the task was deleted. */
  updateTask(task: TaskRecord): void;
  /** Deletes a task. */
  deleteTask(task: TaskRecord): void;
  /** Deletes all tasks of a queue. Returns quickly, however many there are. */
  deleteTasks(queue: string): void;
  /**
   * Deletes all tasks of a queue and keeps their names taken. Returns quickly, however many there are: a store may delete them
   * later, in slices. `load()` never returns the tasks, and always returns the tombstones, also after a crash. They replace
   * tombstones of the same names that end earlier.
   */
  purgeTasks(queue: string, names: PurgedNames): void;
  /**
   * Returns the request of a task, `undefined` if the task was deleted.
   *
   * @throws StoreError if the request cannot be read
   */
  requestOf(task: TaskRecord): TaskRequest | undefined;
  /** Inserts or replaces the tombstone of a queue, or of a task whose queue exists. */
  putTombstone(tombstone: Tombstone): void;
  /** Deletes a tombstone by name. It must have expired: a purge that is not finished could write it again. */
  deleteTombstone(name: string): void;
  /** Inserts or replaces a value. */
  putValue(value: StoredValue): void;
  /** Deletes a value. */
  deleteValue(key: string): void;
  /** Deletes everything except the values. Returns quickly, however much there is. */
  clear(): void;
  /**
   * Resolves when all changes made so far would survive a crash.
   *
   * @returns undefined if there is nothing to wait for
   * @throws StoreError if a change could not be written, or if the store is closed
   */
  flushed(): Promise<void> | undefined;
  /**
   * Writes the remaining changes and releases the store. Calling it again has no effect.
   *
   * @throws StoreError if a change could not be written, now or before. The store is closed anyway.
   */
  close(): Promise<void>;
}
