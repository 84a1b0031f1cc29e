import type { Duration } from "../../core/duration.ts";
import type { RetrySettings } from "../../core/retry-settings.ts";
import type { WithDelivery } from "../../dependencies/delivery.ts";
import type { Dependencies } from "../../dependencies/dependency.ts";
import type { Hooks } from "../../execution/hooks.ts";
import type { SchemaInput, SchemaOutput, StandardSchema } from "../../payload/standard-schema.ts";
import type { AppEngineTarget } from "../app-engine.ts";
import type { DebounceOptions, DedupeOptions, ThrottleOptions } from "../push/task-name.ts";
import type { ShardedQueue } from "../queues/shard.ts";
import type { SentPayload } from "./payload-check.ts";

/** The payload type of pushes: the schema's input, or the type of the handler's first parameter if there is no schema. */
export type PushPayload<Schema extends StandardSchema, Payload> = [Schema] extends [never]
  ? Payload
  : SchemaInput<Schema>;

/** The payload type of the handler: the schema's output, or the type of its first parameter if there is no schema. */
export type HandlerPayload<Schema extends StandardSchema, Payload> = [Schema] extends [never]
  ? Payload
  : SchemaOutput<Schema>;

/** The payload type of hooks. A handler without a parameter can be sent anything, so `void` becomes `unknown`. */
export type HookPayload<Schema extends StandardSchema, Payload> = [Schema] extends [never]
  ? [SentPayload<Payload>] extends [ReturnType<() => void>]
    ? unknown
    : Payload
  : SchemaOutput<Schema>;

/** Options of `client.declare()`. An option that is `undefined` counts as missing. */
export interface DeclareOptions<Schema extends StandardSchema, Payload, QueueName extends string = string> {
  /**
   * The schema of the payload, of any Standard Schema library (zod, valibot, arktype …). It validates the payload at push and in
   * the worker: `push()` accepts the schema's input, and the handler receives its output.
   */
  // Without `StandardSchema`, TypeScript would report a wrong option next to `input` as an error of `input`.
  readonly input?: Schema | StandardSchema | undefined;
  /** The queue of its tasks: an id, or the result of `shard()`. Default: the client's `queue`. */
  readonly queue?: QueueName | ShardedQueue<QueueName, NoInfer<PushPayload<Schema, Payload>>> | undefined;
  /** The URL of its worker: an absolute http(s) URL. Default: the client's `url`. */
  readonly url?: string | undefined;
  /**
   * The audience of its OIDC tokens. Set it together with `url` if that worker is a private service, which accepts only its own
   * address. Default: the client's `audience`.
   */
  readonly audience?: string | undefined;
  /**
   * Earlier names of the definition. Tasks that were pushed under them still run. New tasks are pushed under the new name, so a
   * task that was named before a rename does not deduplicate a task of the same name after it.
   */
  readonly aliases?: readonly string[] | undefined;
  /** A paused queue that keeps its discarded tasks; `false` for none. Default: that of the queue in `queues`, then the client's. */
  readonly deadLetter?: QueueName | false | undefined;
  /** The App Engine service that runs its tasks; `false` for an HTTP target. Default: the client's `appEngine`. */
  readonly appEngine?: AppEngineTarget | false | undefined;
  /** The time that Cloud Tasks waits for an answer: 15 s to 30 min, for App Engine up to 24 h 15 s. Default: the client's. */
  readonly dispatchDeadline?: Duration | undefined;
  /** Extra headers of its tasks. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Gives each task a random name, so a retried push cannot create it twice. Default: the client's `idempotent`. */
  readonly idempotent?: boolean | undefined;
  /** Names its tasks by their payload, so a second push of the same payload creates no task. See `PushOptions.dedupe`. */
  readonly dedupe?: boolean | DedupeOptions | undefined;
  /** Runs at most one task per key and window, at the end of the window. Cannot be combined with `dedupe` or `debounce`. */
  readonly throttle?: ThrottleOptions<NoInfer<PushPayload<Schema, Payload>>> | undefined;
  /** Runs one task per key after no push has arrived for a window. Cannot be combined with `dedupe` or `throttle`. */
  readonly debounce?: DebounceOptions<NoInfer<PushPayload<Schema, Payload>>> | undefined;
  /**
   * Defers the pushes of its handler until the handler has returned and its dependencies were torn down, and sends them before
   * the delivery is answered. If some cannot be sent, the attempt fails, and the next one sends only the missing pushes. So a
   * handler that runs again must push the same tasks. Default: the client's `deferPushes`.
   */
  readonly deferPushes?: boolean | undefined;
  /**
   * The retries of its tasks. At the limits, which count failed runs, the worker discards the task. A missing field is taken from the
   * queue in the client's `queues`, then from the client. Default: the settings of the queue in Cloud Tasks.
   */
  readonly retry?: RetrySettings | undefined;
}

/**
 * A handler without options.
 *
 * @typeParam Payload - the payload that it receives
 * @typeParam Returned - the value or promise that it returns
 */
export interface TaskHandler<Payload, Returned> {
  (payload: Payload, context: WithDelivery<Record<never, never>>): Returned;
  // A handler is a function and has no options. With these properties, TypeScript treats an object with one of them as an options
  // object, and reports the option that is wrong.
  readonly input?: undefined;
  readonly run?: undefined;
  readonly deps?: undefined;
}

/**
 * Options of `client.handle()`: the handler of a declared task, its dependencies and its hooks.
 *
 * @example
 * ```ts
 * client.handle(chargeCard, {
 *   deps: { orders: getOrders },
 *   run: async ({ orderId }, { orders }) => orders.charge(orderId),
 *   onDiscard: ({ reason }) => console.error(reason),
 * });
 * ```
 */
export interface HandlerOptions<Handled, Deps extends Dependencies, Returned, Payload = unknown>
  extends Hooks<Handled, NoInfer<Awaited<Returned>>, NoInfer<Payload>> {
  /** The dependencies of the handler, by name. */
  readonly deps?: Deps | undefined;
  /** The handler. It receives the payload, and an object with the values of `deps` and the `delivery`. */
  readonly run: (payload: Handled, context: WithDelivery<Deps>) => Returned;
}

/**
 * Options of `client.task()`. An option that is `undefined` counts as missing.
 *
 * The payload's type comes from `input` or, without a schema, from the annotated first parameter of `run`; the payload is then
 * plain JSON that is not validated.
 *
 * @example
 * ```ts
 * const chargeCard = client.task("charge-card", {
 *   queue: "payments",
 *   input: z.object({ orderId: z.number() }),
 *   deps: { orders: getOrders },
 *   run: async ({ orderId }, { orders, delivery }) => orders.charge(orderId, delivery.signal),
 * });
 * ```
 */
// The types of hooks have type parameters of their own, with defaults. Otherwise a hook that is written before `run` would fix the
// types of payload and result before TypeScript looks at `run`. Such a hook receives `unknown`, unless there is an `input`.
export interface TaskOptions<
  Schema extends StandardSchema,
  Payload,
  Deps extends Dependencies,
  Returned,
  Hooked = HookPayload<Schema, Payload>,
  Result = Awaited<Returned>,
  QueueName extends string = string,
> extends DeclareOptions<Schema, Hooked, QueueName>,
    Hooks<NoInfer<Hooked>, NoInfer<Result>, NoInfer<PushPayload<Schema, Hooked>>> {
  /** The dependencies of the handler, by name. */
  readonly deps?: Deps | undefined;
  /** The handler. It receives the payload, and an object with the values of `deps` and the `delivery`. */
  readonly run: (payload: HandlerPayload<Schema, Payload>, context: WithDelivery<Deps>) => Returned;
}
