import type { DiscardReason } from "../execution/execution-outcome.ts";

/**
 * The outcome of a delivery. `"success"`, `"discarded"`, `"error"` and `"aborted"` are outcomes of a task that ran.
 * `"discard-failed"` means that the task was about to be discarded but `onDiscard` failed, so Cloud Tasks retries it. With any
 * other outcome the worker rejected the delivery without running the task, such as `"unknown-task"` for a definition that has no
 * handler in this process.
 */
export type DeliveryOutcome =
  | "success"
  | "discarded"
  | "discard-failed"
  | "error"
  | "aborted"
  | "unknown-task"
  | "unauthenticated"
  | "forbidden"
  | "keys-unavailable"
  | "method-not-allowed"
  | "malformed"
  | "too-large"
  | "full"
  | "draining";

/**
 * A delivery by a test client, and its result.
 *
 * @typeParam Result - the type that the handler returns
 *
 * @example
 * ```ts
 * const { outcome, result, response } = await tasks.deliver(chargeCard({ orderId: 1 }));
 * expect([outcome, result, response.status]).toEqual(["success", "charged", 200]);
 * ```
 */
export interface TestDelivery<out Result = unknown> {
  /** The name of the definition. */
  readonly task: string;
  /** The payload as it was sent. */
  readonly payload: unknown;
  /** The id of the task in its queue. */
  readonly id: string;
  /** The id of the queue. */
  readonly queue: string;
  /** The number of the attempt; 1 is the first. */
  readonly attempt: number;
  /** The time at which the attempt was due. */
  readonly scheduledAt: Date;
  readonly outcome: DeliveryOutcome;
  /** The value that the handler, or a middleware around it, returned; `undefined` unless the outcome is `"success"`. */
  readonly result: Result | undefined;
  /** The error that made the delivery fail, or for which it was discarded or rejected; `undefined` after a success. */
  readonly error: unknown;
  /** The reason of the discard; `undefined` if the task was not discarded. */
  readonly reason: DiscardReason | undefined;
  /** The worker's response to Cloud Tasks. Its body has not been read. */
  readonly response: Response;
}
