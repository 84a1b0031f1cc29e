import type { QueueRecord, StoredValue, TaskRecord, TaskRequest, Tombstone } from "../engine/records.ts";

/** What a store holds, for an engine that starts on it. Each is to be read to its end before the first change. */
export interface StoredState {
  readonly queues: Iterable<QueueRecord>;
  /** Those of a queue in order of their sequence. */
  readonly tasks: Iterable<TaskRecord>;
  /** Those of a queue in the order in which their names are free again. */
  readonly tombstones: Iterable<Tombstone>;
  readonly values: Iterable<StoredValue>;
}

/**
 * Where the engine's state is kept. Every call takes effect at once for the calls that follow; `flushed()` says when it is
 * safe. An engine never waits for it, only whoever acknowledges a change does, so that a store may write in groups. Changes
 * that are made in one go, with nothing awaited between them, stay together: all of them survive a crash, or none.
 *
 * Changes never throw. One that cannot be written makes the store fail for good: it takes no further change, and `flushed()`
 * rejects from then on, so that nothing is acknowledged that would be lost.
 *
 * Records are values: neither side changes one that it has handed over.
 */
export interface Store {
  /**
   * Everything that is kept.
   *
   * @throws StoreError, while it is read, where what is kept cannot be read
   */
  load(): StoredState;
  /** Keeps a new queue, or replaces one. */
  putQueue(queue: QueueRecord): void;
  /** Forgets a queue, its tasks and the tombstones of its tasks; however many, it takes no time. */
  deleteQueue(name: string): void;
  /** Keeps a new task of a queue that is kept. */
  insertTask(task: TaskRecord, request: TaskRequest): void;
  /** Replaces a task; the request stays. A task that has gone stays away. */
  updateTask(task: TaskRecord): void;
  /** Forgets a task. */
  deleteTask(task: TaskRecord): void;
  /** Forgets all tasks of a queue; however many, it takes no time. */
  deleteTasks(queue: string): void;
  /**
   * The request of a task that is kept.
   *
   * @throws StoreError where it cannot be read
   */
  requestOf(task: TaskRecord): TaskRequest | undefined;
  /** Keeps a name from being used again: that of a queue, or of a task of a queue that is kept. */
  putTombstone(tombstone: Tombstone): void;
  /** Lets a name be used again. */
  deleteTombstone(name: string): void;
  /** Keeps a value, or replaces one. */
  putValue(value: StoredValue): void;
  /** Forgets a value. */
  deleteValue(key: string): void;
  /** Forgets everything but the values; however much, it takes no time. */
  clear(): void;
  /**
   * Resolves as soon as every change made so far would survive a crash.
   *
   * @throws StoreError once a change could not be written, and after `close()`
   */
  flushed(): Promise<void>;
  /**
   * Writes what is left and lets go of everything. Calling it again does nothing more.
   *
   * @throws StoreError where something could not be written, now or before; it is closed all the same
   */
  close(): Promise<void>;
}
