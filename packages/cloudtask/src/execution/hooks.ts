import type { Delivery } from "../dependencies/delivery.ts";
import type { DiscardReason } from "./execution-outcome.ts";

/** The payload of a delivery, as far as it could be read. */
export type DeliveredPayload<Payload = unknown> =
  | {
      /** Whether it could be read: by the serializer, by the schema. */
      readonly payloadRead: true;
      /** What the handler is given. */
      readonly payload: Payload;
    }
  | {
      readonly payloadRead: false;
      /** The payload as it came: JSON that the schema refused, or the text of a serializer. */
      readonly payload: unknown;
    };

/**
 * What a hook is told of a delivery that failed.
 *
 * @typeParam Payload - what the handler is given
 */
export type FailedDelivery<Payload = unknown> = DeliveredPayload<Payload> & {
  /** The delivery. `use()` works: what it creates is the hook's own, torn down after it. */
  readonly delivery: Delivery;
  /** What was thrown, with its `cause`. */
  readonly error: unknown;
};

/** What a hook is told of a delivery that was discarded. */
export type DiscardedDelivery<Payload = unknown> = FailedDelivery<Payload> & {
  /** Why. */
  readonly reason: DiscardReason;
};

/** What a hook is told of a delivery that succeeded. */
export interface SucceededDelivery<Payload = unknown, Result = unknown> {
  /** The delivery. `use()` works: what it creates is the hook's own, torn down after it. */
  readonly delivery: Delivery;
  /** What the handler was given. */
  readonly payload: Payload;
  /** What the handler returned, or a middleware in its place. */
  readonly result: Result;
}

/**
 * What to call when a delivery has ended. On the client for all tasks, on a definition for its own; the definition's comes
 * first. The answer waits for them, but not beyond the dispatch deadline.
 *
 * @typeParam Payload - what the handler is given
 * @typeParam Result - what the handler returns, awaited
 */
export interface Hooks<Payload = unknown, Result = unknown> {
  /**
   * After a delivery has succeeded and its dependencies were torn down: what it did is committed. So what it throws is
   * logged, and the answer stays what it is; what must not be lost is a task of its own. It is not called where a middleware
   * kept the handler from running.
   */
  readonly onSuccess?: ((event: SucceededDelivery<Payload, Result>) => unknown) | undefined;
  /** After a failed attempt, before the answer that makes Cloud Tasks retry. What it throws is logged. */
  readonly onError?: ((event: FailedDelivery<Payload>) => unknown) | undefined;
  /**
   * Before a delivery is answered as done although it was not: the last chance to keep it. Where it throws, the answer is
   * 507 and Cloud Tasks tries again: the hooks alone where `maxAttempts` is reached, else the handler too.
   */
  readonly onDiscard?: ((event: DiscardedDelivery<Payload>) => unknown) | undefined;
}
