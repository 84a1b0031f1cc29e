import type { QueueRecord, TaskRecord, TaskRequest, Tombstone } from "../engine/records.ts";

/** What a store holds, for an engine that starts on it. */
export interface StoredState {
  readonly queues: Iterable<QueueRecord>;
  /** In order of their sequence. */
  readonly tasks: Iterable<TaskRecord>;
  /** In the order in which they were left. */
  readonly tombstones: Iterable<Tombstone>;
}

/**
 * Where the engine's state is kept. Every call takes effect at once for the calls that follow; `flushed()` says when it is
 * safe. An engine never waits for it, only whoever acknowledges a change does, so that a store may write in groups.
 *
 * Records are values: neither side changes one that it has handed over.
 */
export interface Store {
  /** Everything that is kept: read once, before any other call. */
  load(): StoredState;
  /** Keeps a new queue, or replaces one. */
  putQueue(queue: QueueRecord): void;
  /** Forgets a queue, its tasks and the tombstones of its tasks. */
  deleteQueue(name: string): void;
  /** Keeps a new task. */
  insertTask(task: TaskRecord, request: TaskRequest): void;
  /** Replaces what attempts change; the request stays. */
  updateTask(task: TaskRecord): void;
  /** Forgets a task. */
  deleteTask(task: TaskRecord): void;
  /** The request of a task that is kept. */
  requestOf(task: TaskRecord): TaskRequest | undefined;
  /** Keeps a name from being used again. */
  putTombstone(tombstone: Tombstone): void;
  /** Lets a name be used again. */
  deleteTombstone(name: string): void;
  /** Forgets everything. */
  clear(): void;
  /** Settles as soon as every change made so far would survive. */
  flushed(): Promise<void>;
  /** Writes what is left and lets go of everything. */
  close(): Promise<void>;
}
