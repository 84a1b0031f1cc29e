import type { RpcStatus } from "../../core/rpc-status.ts";
import type { RetryConfig } from "../retry-config.ts";

/**
 * A task that waits in a queue or is being delivered, as Cloud Tasks stores it. Cloud Tasks deletes a task when a delivery succeeds,
 * so finished tasks are never listed.
 *
 * @typeParam Payload - the type of the payload; Cloud Tasks does not check it
 *
 * @example
 * ```ts
 * const isLate = ({ scheduleTime, dispatchCount }: QueuedTask) => dispatchCount > 0 && scheduleTime < new Date();
 * ```
 */
export interface QueuedTask<Payload = unknown> {
  /** The full resource name, `projects/…/locations/…/queues/…/tasks/…`. */
  readonly name: string;
  /** The last part of the name. */
  readonly id: string;
  /** The id of the queue. */
  readonly queue: string;
  /** The name of the task definition; `undefined` if another library created the task. */
  readonly definition: string | undefined;
  /** The time of the next attempt, or of the attempt in progress. */
  readonly scheduleTime: Date;
  /** The time of the push, in whole seconds. */
  readonly createTime: Date;
  /** Milliseconds that Cloud Tasks waits for an answer. After that, it aborts the attempt. */
  readonly dispatchDeadline: number | undefined;
  /** The number of attempts so far, including one in progress. */
  readonly dispatchCount: number;
  /** The number of answers with a status below 500. */
  readonly responseCount: number;
  /** The first attempt, of which Cloud Tasks keeps only `dispatchTime`. */
  readonly firstAttempt: QueuedTaskAttempt | undefined;
  readonly lastAttempt: QueuedTaskAttempt | undefined;
  readonly request: QueuedTaskRequest;
  /**
   * The payload of a task of this library, as it was pushed: with a schema, the schema's input. Present only in the view `full`, and
   * `undefined` if there is none or the client's `serializer` cannot read it.
   */
  readonly payload: Payload | undefined;
  /** The task's own retry settings; `undefined` if those of the queue apply. */
  readonly retry: RetryConfig | undefined;
}

/**
 * One attempt to deliver a task.
 *
 * @example
 * ```ts
 * const { lastAttempt } = await admin.tasks.get(name);
 * console.log(lastAttempt?.response?.message);
 * ```
 */
export interface QueuedTaskAttempt {
  /** The time for which the attempt was scheduled. */
  readonly scheduleTime: Date | undefined;
  /** The time when the request was sent. */
  readonly dispatchTime: Date | undefined;
  /** The time of the answer; `undefined` while there is none. */
  readonly responseTime: Date | undefined;
  /** The result; `undefined` while there is none. */
  readonly response: { readonly status: RpcStatus; readonly message: string } | undefined;
}

/**
 * The request that Cloud Tasks sends for a task.
 *
 * @example
 * ```ts
 * const { request } = await admin.tasks.get(name, { view: "full" });
 * console.log(request.url, new TextDecoder().decode(request.body));
 * ```
 */
export interface QueuedTaskRequest {
  readonly target: "http" | "appEngine";
  /** The URL; for App Engine, the path of the URL. */
  readonly url: string;
  readonly method: string;
  /** The headers. The value of the secret header and of `Authorization` is replaced with `[secret]`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The e-mail address of the account whose token Cloud Tasks attaches. */
  readonly serviceAccount: string | undefined;
  /** The bytes of the body. Present only in the view `full`. */
  readonly body: Uint8Array | undefined;
}
