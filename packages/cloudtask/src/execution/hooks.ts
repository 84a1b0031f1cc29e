import type { Delivery } from "../dependencies/delivery.ts";
import type { DiscardReason } from "./execution-outcome.ts";

/**
 * The payload of a delivery. It is parsed if the serializer and the schema accepted it. Check `payloadRead` first.
 *
 * @typeParam Payload - the parsed payload, as the handler receives it
 */
export type DeliveredPayload<Payload = unknown> =
  | {
      /** The serializer and the schema accepted the payload. */
      readonly payloadRead: true;
      /** The parsed payload, as the handler receives it. */
      readonly payload: Payload;
    }
  | {
      readonly payloadRead: false;
      /** The payload as it arrived: JSON that the schema rejected, or the text of a serializer. */
      readonly payload: unknown;
    };

/**
 * The event of `onError`: a delivery that failed.
 *
 * @typeParam Payload - the parsed payload, as the handler receives it
 */
export type FailedDelivery<Payload = unknown> = DeliveredPayload<Payload> & {
  /** The delivery. `use()` creates instances only for the hook, which are torn down after it. */
  readonly delivery: Delivery;
  /** The error that was thrown, with its `cause`. */
  readonly error: unknown;
};

/**
 * The event of `onDiscard`: a delivery that was discarded.
 *
 * @typeParam Payload - the parsed payload, as the handler receives it
 */
export type DiscardedDelivery<Payload = unknown> = FailedDelivery<Payload> & {
  /** The reason why it was discarded. */
  readonly reason: DiscardReason;
};

/**
 * The event of `onSuccess`: a delivery that succeeded.
 *
 * @typeParam Payload - the parsed payload, as the handler receives it
 * @typeParam Result - the handler's result, awaited
 */
export interface SucceededDelivery<Payload = unknown, Result = unknown> {
  /** The delivery. `use()` creates instances only for the hook, which are torn down after it. */
  readonly delivery: Delivery;
  /** The parsed payload, as the handler received it. */
  readonly payload: Payload;
  /** The result of the handler, or of a middleware that replaced it. */
  readonly result: Result;
}

/**
 * Functions that run when a delivery has ended. Set them on the client for all tasks, or on a definition for its own tasks; the
 * hook of the definition runs first. The worker waits for hooks before it answers, but not beyond the dispatch deadline.
 *
 * @typeParam Payload - the parsed payload, as the handler receives it
 * @typeParam Result - the handler's result, awaited
 */
export interface Hooks<Payload = unknown, Result = unknown> {
  /**
   * Runs after a delivery has succeeded and its dependencies were torn down. Its work is committed, so an error of the hook is
   * logged and does not change the answer. Work that must not be lost belongs in a task of its own. Not called if a middleware
   * skipped the handler.
   */
  readonly onSuccess?: ((event: SucceededDelivery<Payload, Result>) => unknown) | undefined;
  /** Runs after a failed attempt, before the answer that makes Cloud Tasks retry. An error of the hook is logged. */
  readonly onError?: ((event: FailedDelivery<Payload>) => unknown) | undefined;
  /**
   * Runs before a failed delivery is answered as done: the last chance to save the task. If the hook throws, the worker answers
   * 507 and Cloud Tasks tries again. If `maxAttempts` is reached, the next attempt runs only the hooks; otherwise it runs the
   * handler too.
   */
  readonly onDiscard?: ((event: DiscardedDelivery<Payload>) => unknown) | undefined;
}
