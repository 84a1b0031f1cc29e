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
 *
 * @example
 * ```ts
 * const onError = ({ delivery, error }: FailedDelivery) => console.error(`attempt ${delivery.attempt} failed`, error);
 * ```
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
 * @typeParam RawPayload - the payload as `push()` accepts it
 *
 * @example
 * ```ts
 * const onDiscard = ({ delivery, reason, payload, error }: DiscardedDelivery) =>
 *   database.insert("discarded", { id: delivery.id, reason, payload, error: String(error) });
 * ```
 */
export type DiscardedDelivery<Payload = unknown, RawPayload = unknown> = FailedDelivery<Payload> & {
  /** The reason why it was discarded. */
  readonly reason: DiscardReason;
} & (
    | {
        readonly payloadRead: true;
        /** The payload as it was pushed, before the schema changed it. You can push it again. */
        readonly rawPayload: RawPayload;
      }
    | {
        readonly payloadRead: false;
        /** The payload as it was pushed, although the schema rejects it; or the text that the serializer cannot read. */
        readonly rawPayload: unknown;
      }
  );

/**
 * The event of `onSuccess`: a delivery that succeeded.
 *
 * @typeParam Payload - the parsed payload, as the handler receives it
 * @typeParam Result - the handler's result, awaited
 *
 * @example
 * ```ts
 * const onSuccess = ({ delivery, result }: SucceededDelivery) => console.log(delivery.id, result);
 * ```
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
 * @typeParam RawPayload - the payload as `push()` accepts it
 *
 * @example
 * ```ts
 * const hooks: Hooks = {
 *   onError: ({ delivery, error }) => console.error(delivery.task, error),
 *   onDiscard: ({ delivery, reason }) => console.error(`${delivery.task} was discarded: ${reason}`),
 * };
 * const client = new CloudTaskClient({ url: "https://api.myapp.com/tasks/run", ...hooks });
 * ```
 */
export interface Hooks<Payload = unknown, Result = unknown, RawPayload = unknown> {
  /**
   * Runs after a delivery has succeeded and its dependencies were torn down. Its work is committed, so an error of the hook
   * is logged and does not change the answer. If follow-up work must not be lost, push a task for it in the handler. Not called
   * if a middleware skipped the handler.
   */
  readonly onSuccess?: ((event: SucceededDelivery<Payload, Result>) => unknown) | undefined;
  /** Runs after a failed attempt, before the answer that makes Cloud Tasks retry. An error of the hook is logged. */
  readonly onError?: ((event: FailedDelivery<Payload>) => unknown) | undefined;
  /**
   * Runs when a task is discarded, before its dead letter is created and before the worker answers 200. If the hook throws,
   * the worker answers 507 and Cloud Tasks tries again. The next attempt calls only the hook, not the handler.
   */
  readonly onDiscard?: ((event: DiscardedDelivery<Payload, RawPayload>) => unknown) | undefined;
}
