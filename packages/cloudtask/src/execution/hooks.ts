import type { Delivery } from "../dependencies/delivery.ts";
import type { DiscardReason } from "./outcome.ts";

/** What a hook is told of a delivery that failed. */
export interface FailedDelivery {
  /** The delivery. `use()` works: what it creates is the hook's own, torn down after it. */
  readonly delivery: Delivery;
  /** What the handler was given; where the payload could not be read, the payload as it came. */
  readonly payload: unknown;
  /** What was thrown, with its `cause`. */
  readonly error: unknown;
}

/** What a hook is told of a delivery that was discarded. */
export interface DiscardedDelivery extends FailedDelivery {
  readonly reason: DiscardReason;
}

/** What to call when a delivery ends otherwise than well. On the client for all tasks, on a definition for its own. */
export interface Hooks {
  /** After a failed attempt, before the answer that makes Cloud Tasks retry. What it throws is logged. */
  readonly onError?: ((event: FailedDelivery) => unknown) | undefined;
  /**
   * Before a delivery is answered as done although it was not: the last chance to keep it. Where it throws, the answer is
   * 500 and Cloud Tasks tries again.
   */
  readonly onDiscard?: ((event: DiscardedDelivery) => unknown) | undefined;
}
