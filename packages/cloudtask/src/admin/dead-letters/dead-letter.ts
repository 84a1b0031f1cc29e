import type { DiscardReason } from "../../execution/execution-outcome.ts";
import type { QueuedTaskRequest } from "../tasks/queued-task.ts";

/**
 * A discarded task that a dead-letter queue keeps.
 *
 * @typeParam Payload - the type of the payload; Cloud Tasks does not check it
 *
 * @example
 * ```ts
 * const isDeclined = ({ reason, message }: DeadLetter) => reason === "non-retriable" && message === "card declined";
 * ```
 */
export interface DeadLetter<Payload = unknown> {
  /** The full resource name of the dead letter, `projects/…/locations/…/queues/…/tasks/…`. */
  readonly name: string;
  /** The last part of the name. */
  readonly id: string;
  /** The id of the dead-letter queue. */
  readonly queue: string;
  /** The name of the task definition; `undefined` if the body contains none. */
  readonly task: string | undefined;
  /** The reason of the discard: a `DiscardReason`, or the text of a later version. */
  readonly reason: DiscardReason | (string & {});
  /** The message of the error, without secrets; `undefined` if the task left no room for it. */
  readonly message: string | undefined;
  /** The number of attempts, including those that never reached a handler. */
  readonly attempts: number | undefined;
  /** The start of the first attempt; `undefined` if the worker may not read tasks of the home queue. */
  readonly firstAt: Date | undefined;
  /** The start of the attempt that discarded the task. */
  readonly lastAt: Date | undefined;
  /** The id of the queue that the task was delivered from. A redrive creates the task there again. */
  readonly homeQueue: string | undefined;
  /** The id of the task in its home queue. */
  readonly originalId: string | undefined;
  /** The time at which the dead letter was created, in whole seconds. */
  readonly createTime: Date;
  /**
   * The payload as it was pushed: with a schema, the schema's input. The same as `rawPayload` in `onDiscard`. `undefined` if there is
   * none, or if the client's `serializer` cannot read it.
   */
  readonly payload: Payload | undefined;
  /** The request that a redrive repeats. The values of the secret header and of `Authorization` are replaced with `[secret]`. */
  readonly request: QueuedTaskRequest;
}
