import type { Clock } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import { Heap, type HeapItem } from "./heap.ts";
import { RecentCount } from "./recent-count.ts";
import type { QueueRecord, TaskRecord } from "./records.ts";
import { TaskLog } from "./task-log.ts";
import { Throttle } from "./throttle.ts";
import { TokenBucket } from "./token-bucket.ts";
import { Tombstones } from "./tombstones.ts";

/** A task that exists. `heapIndex` is its place among the waiting tasks of its queue, -1 while it is attempted. */
export interface EngineTask extends HeapItem {
  record: TaskRecord;
  readonly queue: EngineQueue;
  /** Attempts in flight: more than one only where RunTask forced one beside another. */
  running: number;
  /** Deleted, done or exhausted: results that still come in are ignored. */
  gone: boolean;
}

/** A queue that exists. `heapIndex` is its place in the order of `wakeAt`. */
export interface EngineQueue extends HeapItem {
  record: QueueRecord;
  readonly tasks: Map<string, EngineTask>;
  readonly log: TaskLog<EngineTask>;
  readonly waiting: Heap<EngineTask>;
  readonly bucket: TokenBucket;
  readonly named: Tombstones;
  readonly generated: Tombstones;
  /** Attempts that ended within the last minute. */
  readonly executed: RecentCount;
  /** Set where the engine slows queues down for their targets' sake. */
  readonly throttle: Throttle | undefined;
  /** Attempts in flight. */
  running: number;
  /** Those of them that hold one of the `maxConcurrentDispatches` slots: all that RunTask did not force. */
  inFlight: number;
  /** When this queue has something to do next, as things stand; infinite where something else has to happen first. */
  wakeAt: number;
}

/** One attempt in flight. `heapIndex` is its place in the order of `deadlineAt`. */
export interface Attempt extends HeapItem {
  readonly task: EngineTask;
  /** Its task as it was before it. */
  readonly before: TaskRecord;
  readonly dispatchedAt: number;
  readonly deadlineAt: number;
  /** By RunTask: it passes by rate, pause and concurrency, and its retry counts from the call. */
  readonly forced: boolean;
  finished: boolean;
}

/** What an engine is made of. */
export interface EngineOptions {
  readonly clock: Pick<Clock, "now">;
  readonly store: Store;
  /** How long the name of a task stays taken after it has gone, where its queue does not say it. */
  readonly taskCooldownMs: number;
  /** How long the name of a queue stays taken after it was deleted. */
  readonly queueCooldownMs: number;
  /** Whether queues slow down while their targets answer 429 or 503, or fail often. */
  readonly throttling: boolean;
}

/** The whole state of an engine. The transitions beside this file are the only ones to change it. */
export interface EngineState extends EngineOptions {
  readonly queues: Map<string, EngineQueue>;
  readonly queueTombstones: Tombstones;
  readonly wakes: Heap<EngineQueue>;
  readonly attempts: Heap<Attempt>;
  /** Small facts that are kept beside queues and tasks. */
  readonly values: Map<string, string>;
  lastSequence: number;
}

/** A generated id never comes again, so its tombstone only serves a better message: the newest of each queue are enough. */
export const GENERATED_TOMBSTONES = 10_000;

/** @returns an engine without queues */
export function emptyState(options: EngineOptions): EngineState {
  return {
    ...options,
    queues: new Map(),
    queueTombstones: new Tombstones(Number.POSITIVE_INFINITY, (name) => options.store.deleteTombstone(name)),
    wakes: new Heap((a, b) => a.wakeAt < b.wakeAt),
    attempts: new Heap((a, b) => a.deadlineAt < b.deadlineAt),
    values: new Map(),
    lastSequence: 0,
  };
}

/** Adds a queue, for a new one and for one that was kept. */
export function addQueue(state: EngineState, record: QueueRecord): EngineQueue {
  const forget = (id: string): void => state.store.deleteTombstone(taskName(record.name, id));
  const queue: EngineQueue = {
    record,
    tasks: new Map(),
    log: new TaskLog(),
    waiting: new Heap(isScheduledBefore),
    bucket: new TokenBucket(record.settings.maxDispatchesPerSecond, record.settings.maxBurstSize),
    named: new Tombstones(Number.POSITIVE_INFINITY, forget),
    generated: new Tombstones(GENERATED_TOMBSTONES, forget),
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

/** Adds a task that waits for its time, for a new one and for one that was kept. */
export function addTask(queue: EngineQueue, record: TaskRecord): EngineTask {
  const task: EngineTask = { record, queue, running: 0, gone: false, heapIndex: -1 };
  queue.tasks.set(record.id, task);
  queue.log.append(task);
  queue.waiting.push(task);
  return task;
}

/** The full resource name of a task. */
export function taskName(queue: string, id: string): string {
  return `${queue}/tasks/${id}`;
}

/** The tombstones of the tasks whose ids the caller chose, or of those whose ids were generated. */
export function tombstonesOf(queue: EngineQueue, { named }: { readonly named: boolean }): Tombstones {
  return named ? queue.named : queue.generated;
}

function isScheduledBefore(a: EngineTask, b: EngineTask): boolean {
  const { scheduledAt, sequence } = a.record;
  return scheduledAt === b.record.scheduledAt ? sequence < b.record.sequence : scheduledAt < b.record.scheduledAt;
}
