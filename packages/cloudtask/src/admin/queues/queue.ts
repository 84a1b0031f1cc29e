import type { QueueRouting } from "../../core/queue-settings.ts";
import type { RetryConfig } from "../retry-config.ts";
import type { StoredTarget } from "./queue-target.ts";

/**
 * The state of a queue. Only Cloud Tasks can disable a queue, and only an older App Engine queue.
 *
 * @example
 * ```ts
 * const paused: QueueState = "paused";
 * ```
 */
export type QueueState = "running" | "paused" | "disabled";

/**
 * A queue as Cloud Tasks stores it. Every setting has a value; missing ones have their defaults. Durations are in milliseconds.
 *
 * @example
 * ```ts
 * const { rate, retry, stats }: Queue = await admin.queues.get("payments");
 * ```
 */
export interface Queue {
  /** The full resource name, `projects/…/locations/…/queues/…`. */
  readonly name: string;
  /** The last part of the name. */
  readonly id: string;
  readonly state: QueueState;
  /** The maximum number of dispatches per second, retries included. */
  readonly rate: number;
  /** The number of dispatches that an idle queue may start at once. Cloud Tasks derives it from `rate`. */
  readonly burst: number;
  /** The maximum number of deliveries at the same time. */
  readonly concurrency: number;
  /** The retries of tasks that set none of their own. */
  readonly retry: RetryConfig;
  /**
   * The age at which a task is deleted even if it was not delivered, in milliseconds. `undefined` if the API does not state it: only
   * v2beta3 has it.
   */
  readonly taskTtl: number | undefined;
  /** The share of operations that are written to Cloud Logging, 0 to 1. */
  readonly logging: number;
  /** The parts of the requests of HTTP tasks that the queue replaces; `undefined` if there are none. */
  readonly target: StoredTarget | undefined;
  /** The App Engine service that runs all App Engine tasks of the queue; `undefined` if the tasks decide. */
  readonly routing: QueueRouting | undefined;
  /** The time of the last purge. */
  readonly purgedAt: Date | undefined;
  /** Numbers of the queue at the time of the call. `undefined` if they were not requested or the API has none. */
  readonly stats: QueueStats | undefined;
}

/**
 * Numbers of a queue. Cloud Tasks estimates them.
 *
 * @example
 * ```ts
 * const isIdle = (stats: QueueStats) => stats.tasksCount === 0 && stats.concurrentDispatches === 0;
 * ```
 */
export interface QueueStats {
  /** The tasks that wait, are being delivered or will be retried. */
  readonly tasksCount: number;
  /** The estimated time at which the next task is due; `undefined` for an empty queue. */
  readonly oldestArrival: Date | undefined;
  /** The attempts that got an answer in the last minute, successful or not. */
  readonly executedLastMinute: number;
  /** The attempts in progress. */
  readonly concurrentDispatches: number;
  /** The dispatches per second that are currently possible. Less than `rate` while Cloud Tasks protects a target from overload. */
  readonly effectiveRate: number;
}
