import type { Clock } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import { Heap, type HeapItem } from "./heap.ts";
import type { Purge } from "./purge.ts";
import { RecentCount } from "./recent-count.ts";
import type { QueueRecord, TaskRecord } from "./records.ts";
import { type LiveState, TaskCounts } from "./task-counts.ts";
import { TaskLog } from "./task-log.ts";
import { Throttle } from "./throttle.ts";
import { TokenBucket } from "./token-bucket.ts";
import { Tombstones } from "./tombstones.ts";
import { WaitingTasks } from "./waiting-tasks.ts";

/** A task that exists. */
export interface EngineTask {
  record: TaskRecord;
  /** The state as it is counted: a task that has become due may still be `scheduled` or `retrying` until `refreshDue()`. */
  state: LiveState;
  readonly queue: EngineQueue;
  /** Attempts in flight. More than one only if RunTask forced an attempt while another was in flight. */
  running: number;
  /** Set when the task was deleted, succeeded, or is exhausted. Results of attempts that are still in flight are then ignored. */
  removed: boolean;
}

/** A queue that exists. `heapIndex` is its index in `EngineState.wakes`, ordered by `wakeAt`. */
export interface EngineQueue extends HeapItem {
  record: QueueRecord;
  tasks: Map<string, EngineTask>;
  /** Tasks up to this sequence are removed: a purge removes them all without visiting each. */
  removedUntil: number;
  /** The purges whose names are still taken or whose tasks are still in memory. */
  purges: Purge[];
  /** All tasks in order of creation. */
  readonly log: TaskLog<EngineTask>;
  /** The tasks without an attempt in flight. */
  readonly waiting: WaitingTasks;
  /** The number of tasks by state and definition. */
  readonly counts: TaskCounts;
  /** Enforces `maxDispatchesPerSecond`. */
  readonly bucket: TokenBucket;
  /** Tombstones of tasks whose ids were chosen by the caller. */
  readonly namedTombstones: Tombstones;
  /** Tombstones of tasks whose ids were generated. */
  readonly generatedTombstones: Tombstones;
  /** Counts the attempts that ended within the last minute. */
  readonly executed: RecentCount;
  /** Slows the queue down when its targets are overloaded; unset if `EngineOptions.throttling` is off. */
  readonly throttle: Throttle | undefined;
  /** Attempts in flight. */
  running: number;
  /** Attempts in flight that count towards `maxConcurrentDispatches`: all except those forced by RunTask. */
  inFlight: number;
  /** When the engine must look at this queue next, in milliseconds since the epoch; infinite if nothing is planned. */
  wakeAt: number;
}

/** One attempt in flight. `heapIndex` is its index in `EngineState.attempts`, ordered by `deadlineAt`. */
export interface Attempt extends HeapItem {
  readonly task: EngineTask;
  /** The record of the task just before this attempt. */
  readonly taskBefore: TaskRecord;
  readonly dispatchedAt: number;
  readonly deadlineAt: number;
  /** Started by RunTask. Rate, pause and concurrency don't apply, and the backoff of a retry counts from the call. */
  readonly forced: boolean;
  finished: boolean;
}

/** Options of an engine. */
export interface EngineOptions {
  readonly clock: Pick<Clock, "now">;
  readonly store: Store;
  /** Milliseconds for which the name of a removed task stays taken, unless its queue sets `tombstoneTtlMs`. */
  readonly taskCooldownMs: number;
  /** Milliseconds for which the name of a deleted queue stays taken; 0 frees it at once. */
  readonly queueCooldownMs: number;
  /** Slows a queue down while its targets answer 429 or 503, or fail often. */
  readonly throttling: boolean;
}

/** The whole state of an engine. Only the transitions in this folder change it. */
export interface EngineState extends EngineOptions {
  readonly queues: Map<string, EngineQueue>;
  readonly queueTombstones: Tombstones;
  /** The queues with purges. */
  readonly purgedQueues: Set<EngineQueue>;
  /** The queues, the one that is due first at the top. */
  readonly wakes: Heap<EngineQueue>;
  /** The attempts in flight, the one with the earliest deadline at the top. */
  readonly attempts: Heap<Attempt>;
  /** Small values stored beside queues and tasks, by name: the signing key, for example. */
  readonly values: Map<string, string>;
  /** The sequence number of the task that was created last. */
  lastSequence: number;
}

/**
 * Tombstones of generated ids to keep per queue. A generated id is never used again, so its tombstone only makes GetTask
 * answer "recently deleted" instead of "unknown": the newest are enough.
 */
export const GENERATED_TOMBSTONES = 10_000;

/** Creates an engine without queues. */
export function emptyState(options: EngineOptions): EngineState {
  return {
    ...options,
    queues: new Map(),
    queueTombstones: new Tombstones(Number.POSITIVE_INFINITY, (name) => options.store.deleteTombstone(name)),
    purgedQueues: new Set(),
    wakes: new Heap((a, b) => a.wakeAt < b.wakeAt),
    attempts: new Heap((a, b) => a.deadlineAt < b.deadlineAt),
    values: new Map(),
    lastSequence: 0,
  };
}

/** Adds a queue to the state, new or loaded from the store. */
export function addQueue(state: EngineState, record: QueueRecord): EngineQueue {
  const onRemove = (id: string): void => state.store.deleteTombstone(taskName(record.name, id));
  const queue: EngineQueue = {
    record,
    tasks: new Map(),
    removedUntil: 0,
    purges: [],
    log: new TaskLog(),
    waiting: new WaitingTasks(),
    counts: new TaskCounts(),
    bucket: new TokenBucket(record.settings.maxDispatchesPerSecond, record.settings.maxBurstSize),
    namedTombstones: new Tombstones(Number.POSITIVE_INFINITY, onRemove),
    generatedTombstones: new Tombstones(GENERATED_TOMBSTONES, onRemove),
    executed: new RecentCount(),
    throttle: state.throttling ? new Throttle() : undefined,
    running: 0,
    inFlight: 0,
    wakeAt: Number.POSITIVE_INFINITY,
    heapIndex: -1,
  };
  state.queues.set(record.name, queue);
  state.wakes.push(queue);
  return queue;
}

class LiveTask implements EngineTask {
  record: TaskRecord;
  state: LiveState = "scheduled";
  readonly queue: EngineQueue;
  running = 0;
  #isRemoved = false;

  constructor(record: TaskRecord, queue: EngineQueue) {
    this.record = record;
    this.queue = queue;
  }

  get removed(): boolean {
    return this.#isRemoved || this.record.sequence <= this.queue.removedUntil;
  }

  set removed(isRemoved: boolean) {
    this.#isRemoved = isRemoved;
  }
}

/** Adds a new waiting task to its queue. */
export function addTask(queue: EngineQueue, record: TaskRecord): EngineTask {
  const task = listedTask(queue, record);
  task.state = queue.waiting.push(task);
  queue.counts.add(record, task.state);
  return task;
}

/** Adds the waiting tasks of a queue that were loaded from the store. */
export function addTasks(queue: EngineQueue, records: readonly TaskRecord[]): void {
  const tasks = records.map((record) => listedTask(queue, record));
  queue.waiting.pushAll(tasks, (task, state) => {
    task.state = state;
    queue.counts.add(task.record, state);
  });
}

function listedTask(queue: EngineQueue, record: TaskRecord): EngineTask {
  const task = new LiveTask(record, queue);
  queue.tasks.set(record.id, task);
  queue.log.append(task);
  return task;
}

/** Returns the full resource name of a task. */
export function taskName(queue: string, id: string): string {
  return `${queue}/tasks/${id}`;
}

/** Returns the tombstones of tasks with chosen ids (`named`), or those of tasks with generated ids. */
export function tombstonesOf(queue: EngineQueue, { named }: { readonly named: boolean }): Tombstones {
  return named ? queue.namedTombstones : queue.generatedTombstones;
}
