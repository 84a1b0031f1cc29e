import type { Duration } from "../../core/duration.ts";
import type { WithDelivery } from "../../dependencies/delivery.ts";
import type { Dependencies } from "../../dependencies/dependency.ts";
import type { Hooks } from "../../execution/hooks.ts";
import type { SchemaInput, SchemaOutput, StandardSchema } from "../../payload/standard-schema.ts";
import type { AppEngineTarget } from "../app-engine.ts";
import type { DebounceOptions, DedupeOptions, ThrottleOptions } from "../push/task-name.ts";
import type { Task } from "./task.ts";

/** What every task definition may say, whatever its payload, and wherever its handler is. */
export interface DeclaredSettings {
  /** The queue of its tasks. Default: the client's. */
  readonly queue?: string | undefined;
  /** Where its worker is, if not at the client's `url`. */
  readonly url?: string | undefined;
  /**
   * Names that it had before: tasks which were queued under them still run. They are not what it pushes under, so that tasks
   * named before a rename and tasks named after it do not meet.
   */
  readonly aliases?: readonly string[] | undefined;
  /** The App Engine service that runs its tasks; `false` for an HTTP target. Default: the client's. */
  readonly appEngine?: AppEngineTarget | false | undefined;
  /**
   * How long Cloud Tasks waits for the answer: 15 s to 30 min, for App Engine to 24 h 15 s. Default: the client's.
   */
  readonly dispatchDeadline?: Duration | undefined;
  /** Extra headers of its tasks. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Names its tasks by chance, so that a retried push can never create a second one. Default: the client's. */
  readonly idempotent?: boolean | undefined;
  /** Names its tasks by their payload, so that a payload which is pushed again creates nothing. See `PushOptions.dedupe`. */
  readonly dedupe?: boolean | DedupeOptions | undefined;
  /**
   * Holds what its handler pushes until that has returned and its dependencies were torn down, and sends it before the
   * delivery is answered. Where some cannot be sent, the attempt fails, and the next one sends only what is missing; so the
   * handler, run again, must push the same. Default: the client's.
   */
  readonly deferPushes?: boolean | undefined;
  /**
   * After how many failed attempts a task is discarded, 1 or more, on top of the queue's own limit. A task is discarded only
   * after a run that failed; so this does not stop a handler that takes its process down with it, or blocks it beyond the
   * deadline, and the queue's limit does. Default: only the queue's limit.
   */
  readonly maxAttempts?: number | undefined;
}

/**
 * What a definition with a handler may say, whatever its payload.
 *
 * @typeParam Payload - what its hooks are told that the handler is given
 * @typeParam Result - what they are told that it returned
 */
export interface TaskSettings<Payload = unknown, Result = unknown> extends DeclaredSettings, Hooks<Payload, Result> {}

/** A definition whose payload a schema describes: the handler gets the schema's output, `push()` takes its input. */
export interface TaskOptionsWithInput<
  Schema extends StandardSchema,
  Deps extends Dependencies,
  Returned,
  HookResult = Awaited<Returned>,
> extends TaskSettings<SchemaOutput<Schema>, NoInfer<HookResult>> {
  /** Validates the payload at push and in the worker: any Standard Schema library. */
  readonly input: Schema;
  /** At most one run per key and window, at the end of the window. */
  readonly throttle?: ThrottleOptions<SchemaInput<Schema>> | undefined;
  /** One run per key after no push has arrived for a window. */
  readonly debounce?: DebounceOptions<SchemaInput<Schema>> | undefined;
  /** What the handler needs, by name. */
  readonly deps?: Deps | undefined;
  /** The handler. */
  readonly run: (payload: SchemaOutput<Schema>, context: WithDelivery<Deps>) => Returned;
}

/** A definition whose payload the handler's first parameter describes: plain JSON, not validated. */
export interface TaskOptions<
  Payload,
  Deps extends Dependencies,
  Returned,
  HookPayload = HandledPayload<Payload>,
  HookResult = Awaited<Returned>,
> extends TaskSettings<NoInfer<HookPayload>, NoInfer<HookResult>> {
  readonly input?: undefined;
  /** At most one run per key and window, at the end of the window. */
  readonly throttle?: ThrottleOptions<NoInfer<HookPayload>> | undefined;
  /** One run per key after no push has arrived for a window. */
  readonly debounce?: DebounceOptions<NoInfer<HookPayload>> | undefined;
  /** What the handler needs, by name. */
  readonly deps?: Deps | undefined;
  /** The handler. */
  readonly run: (payload: Payload, context: WithDelivery<Deps>) => Returned;
}

/**
 * A named handler with its options, made by `client.task()`. Calling it binds a payload.
 *
 * @typeParam Payload - what `push()` takes
 * @typeParam Result - what the handler returns, awaited
 */
export interface TaskDefinition<Payload, Result> {
  /** @param payload - the payload; left out where the handler takes none */
  (...payload: undefined extends Payload ? [payload?: Payload] : [payload: Payload]): Task<Result>;
  /** What it is called on the wire. */
  readonly name: string;
}

/** What a handler that takes no payload is given is whatever came. */
type HandledPayload<Payload> = [Payload] extends [ReturnType<() => void>] ? unknown : Payload;

/**
 * The overloads of `client.task()`.
 *
 * What hooks are told has type parameters of its own, with defaults: a hook that stands before `run` in the options would
 * otherwise settle the types of payload and result before `run` is looked at. Such a hook sees `unknown`; one after `run`, and
 * any hook beside an `input`, sees the payload's type.
 */
export interface DefineTask {
  <Payload = void, Returned = unknown>(
    name: string,
    run: (payload: Payload, context: WithDelivery<Record<never, never>>) => Returned,
  ): TaskDefinition<Payload, Awaited<Returned>>;
  <
    Schema extends StandardSchema,
    Returned,
    const Deps extends Dependencies = Record<never, never>,
    HookResult = Awaited<Returned>,
  >(
    name: string,
    options: TaskOptionsWithInput<Schema, Deps, Returned, HookResult>,
  ): TaskDefinition<SchemaInput<Schema>, Awaited<Returned>>;
  <
    Payload = void,
    Returned = unknown,
    const Deps extends Dependencies = Record<never, never>,
    HookPayload = HandledPayload<Payload>,
    HookResult = Awaited<Returned>,
  >(
    name: string,
    options: TaskOptions<Payload, Deps, Returned, HookPayload, HookResult>,
  ): TaskDefinition<Payload, Awaited<Returned>>;
}
