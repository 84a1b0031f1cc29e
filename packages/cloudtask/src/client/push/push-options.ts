import type { Duration } from "../../core/duration.ts";
import type { TimeInput } from "../../core/time-input.ts";
import type { AppEngineTarget } from "../app-engine.ts";
import type { DedupeOptions } from "./task-name.ts";

/** How one task is pushed; what is not said comes from its definition, then from the client. */
export interface PushOptions {
  /** When to deliver it, at most 30 days ahead. A moment past is now. */
  readonly at?: TimeInput | undefined;
  /** How long to wait before delivering it, at most 30 days. Not together with `at`. */
  readonly delay?: Duration | undefined;
  /**
   * Names the task, by any string: while a task of this definition and name is in the queue, and for about an hour after,
   * a second push creates nothing and says `deduplicated: true`.
   */
  readonly name?: string | undefined;
  /**
   * Names the task by its payload: while that name is taken, the same payload of the same definition creates nothing and resolves
   * with `deduplicated: true`. Not together with `name`, nor with `throttle` or `debounce` of the definition. `false` turns the
   * definition's `dedupe` off.
   */
  readonly dedupe?: boolean | DedupeOptions | undefined;
  /** The queue. The client's `forceToQueue` beats it. */
  readonly queue?: string | undefined;
  /** Extra headers, over the definition's. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The App Engine service that runs it; `false` for an HTTP target, though definition or client say App Engine. */
  readonly appEngine?: AppEngineTarget | false | undefined;
  /** How long Cloud Tasks waits for the worker's answer: 15 s to 30 min, for App Engine to 24 h 15 s. */
  readonly dispatchDeadline?: Duration | undefined;
  /** Names the task by chance, so that a retried push can never create a second one. */
  readonly idempotent?: boolean | undefined;
  /** Gives the push up. Whether the task was created is then not known. */
  readonly signal?: AbortSignal | undefined;
}

/** What a push brought. */
export interface PushResult {
  /** The full resource name, `projects/…/locations/…/queues/…/tasks/…`. */
  readonly name: string;
  /** The id of the task in its queue: the last part of `name`. */
  readonly id: string;
  /** The id of the queue. */
  readonly queue: string;
  /** When it is to be delivered. Where `deduplicated`, what this push asked for. */
  readonly scheduleTime: Date;
  /**
   * Whether the name was taken, so that this push created nothing. Always `false` where nothing names the task, while it
   * is held, and in eager modes.
   *
   * Where a try of this push got no clear answer (a 503, a broken connection) and the next one finds the name taken, the
   * task's age decides: more than 5 s older than this push, it was there before. It stays `false` where the task has run
   * already or may not be read (`cloudtasks.tasks.get`), and where somebody else took the name in those seconds: `true` is
   * certain as long as the clock of this machine is right, `false` then only likely.
   */
  readonly deduplicated: boolean;
  /**
   * Whether it is held, inside `client.deferPushes()` or a delivery with `deferPushes`: nothing is sent yet, and nothing will be
   * where that fails. `name` and `id` are those that it will be created under; a throttled or debounced one, or a `dedupe` with a
   * window, takes those of the window in which it is sent.
   */
  readonly deferred?: true;
}
