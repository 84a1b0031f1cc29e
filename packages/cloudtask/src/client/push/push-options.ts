import type { Duration } from "../../core/duration.ts";
import type { RetrySettings } from "../../core/retry-settings.ts";
import type { TimeInput } from "../../core/time-input.ts";
import type { AppEngineTarget } from "../app-engine.ts";
import type { ShardedQueue } from "../queues/shard.ts";
import type { DedupeOptions } from "./task-name.ts";

/**
 * Options of one push. A missing option is taken from the definition, and otherwise from the client.
 *
 * @typeParam QueueName - the ids of the client's `queues`
 *
 * @example
 * ```ts
 * await sendWelcomeEmail({ userId: "123" }).push({ delay: "10m", name: "welcome-123", queue: "emails" });
 * ```
 */
export interface PushOptions<QueueName extends string = string> {
  /** The time to deliver the task, at most 30 days ahead. A time in the past means now. Cannot be combined with `delay`. */
  readonly at?: TimeInput | undefined;
  /** The time to wait before the delivery, at most 30 days. Cannot be combined with `at`. */
  readonly delay?: Duration | undefined;
  /**
   * The name of the task: any string. While a task of this definition and name is in the queue, and for about an hour
   * afterwards, another push creates nothing and resolves with `deduplicated: true`.
   */
  readonly name?: string | undefined;
  /**
   * Names the task by its payload: while that name is taken, the same payload of the same definition creates nothing and
   * resolves with `deduplicated: true`. Cannot be combined with `name`, or with `throttle` or `debounce` of the definition.
   * `false` turns off the definition's `dedupe`.
   */
  readonly dedupe?: boolean | DedupeOptions | undefined;
  /** The id of the queue, or the result of `shard()`. The client's `forceToQueue` overrides it. */
  readonly queue?: QueueName | ShardedQueue<QueueName> | undefined;
  /** Extra headers. They override those of the definition and the client. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The App Engine service that runs the task; `false` for an HTTP target, if the definition or the client sets App Engine. */
  readonly appEngine?: AppEngineTarget | false | undefined;
  /** The time that Cloud Tasks waits for an answer: 15 s to 30 min, for App Engine up to 24 h 15 s. */
  readonly dispatchDeadline?: Duration | undefined;
  /** The retries of this task. A missing field is taken from the definition. */
  readonly retry?: RetrySettings | undefined;
  /** Gives the task a random name, so a retried push cannot create it twice. */
  readonly idempotent?: boolean | undefined;
  /** Aborts the push. The task may still have been created. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The result of a push.
 *
 * @example
 * ```ts
 * const { id, scheduleTime, deduplicated } = await sendWelcomeEmail({ userId: "123" }).push({ name: "welcome-123" });
 * console.log(deduplicated ? "already pushed" : `${id} is due at ${scheduleTime.toISOString()}`);
 * ```
 */
export interface PushResult {
  /** The full resource name, `projects/…/locations/…/queues/…/tasks/…`. */
  readonly name: string;
  /** The id of the task in its queue: the last part of `name`. */
  readonly id: string;
  /** The id of the queue; for a queue with shards, the id of the selected shard. */
  readonly queue: string;
  /** The time at which the task will be delivered. If `deduplicated` is `true`, the time that this push requested. */
  readonly scheduleTime: Date;
  /**
   * `true` if the name was taken, so this push created nothing. Always `false` for a task without a name, while the push is
   * deferred, and in eager modes.
   *
   * An attempt of this push can fail without a clear answer (a 503, a broken connection). If the next attempt then finds the name
   * taken, the task's age decides: a task more than 5 s older than the push existed before it. The value is `false` if the task
   * has already run, cannot be read (permission `cloudtasks.tasks.get`), or was created by another push in those seconds. So
   * `true` is reliable if this machine's clock is correct, and `false` is only the most likely answer.
   */
  readonly deduplicated: boolean;
  /**
   * Set if the push is deferred, inside `client.deferPushes()` or a delivery with `deferPushes`. Nothing is sent yet, and
   * nothing will be sent if the surrounding work fails. The task will be created with this `name` and `id`, unless the definition
   * has `throttle`, `debounce` or a `dedupe` window: the window at the time of sending then decides them.
   */
  readonly deferred?: true;
}
