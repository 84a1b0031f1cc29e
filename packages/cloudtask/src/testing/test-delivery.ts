import type { DiscardReason } from "../execution/execution-outcome.ts";
import type { Outcome } from "../worker/outcome-response.ts";

/**
 * How a delivery ended: `"success"`, `"discarded"`, `"error"` and `"aborted"` where the task ran; the rest where the worker refused
 * it before, such as `"unknown-task"` for a definition that has no handler in this process. `"discard-failed"`: it was to be discarded,
 * and `onDiscard` failed, so that it is tried again.
 */
export type DeliveryOutcome = Outcome["kind"];

/**
 * A delivery that a test client made, and what became of it.
 *
 * @typeParam Result - what the handler returns
 */
export interface TestDelivery<out Result = unknown> {
  /** The name of the definition. */
  readonly task: string;
  /** The payload as it travelled. */
  readonly payload: unknown;
  /** The id of the task in its queue. */
  readonly id: string;
  readonly queue: string;
  /** Which attempt it was; 1 is the first. */
  readonly attempt: number;
  /** When it was due. */
  readonly scheduledAt: Date;
  readonly outcome: DeliveryOutcome;
  /** What the handler returned, or a middleware in its place; `undefined` where it did not succeed. */
  readonly result: Result | undefined;
  /** What made it fail, or be discarded or refused; `undefined` where it succeeded. */
  readonly error: unknown;
  /** Why it was discarded; `undefined` where it was not. */
  readonly reason: DiscardReason | undefined;
  /** What the worker answered Cloud Tasks: status, headers, and a body that has not been read. */
  readonly response: Response;
}
