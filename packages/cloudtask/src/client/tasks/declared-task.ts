import type { WithDelivery } from "../../dependencies/delivery.ts";
import type { Dependencies } from "../../dependencies/dependency.ts";
import type { Hooks } from "../../execution/hooks.ts";
import type { SchemaInput, SchemaOutput, StandardSchema } from "../../payload/standard-schema.ts";
import type { DebounceOptions, ThrottleOptions } from "../push/task-name.ts";
import type { DeclaredSettings, TaskDefinition } from "./task-definition.ts";

declare const handles: unique symbol;

/**
 * A definition whose handler stands elsewhere: in another service, or in a class of a framework. Made by
 * `client.declare()`; `client.handle()` gives it its handler, where it has one.
 *
 * @typeParam Payload - what `push()` takes
 * @typeParam Handled - what the handler is given
 */
export interface DeclaredTask<Payload, in out Handled = Payload> extends TaskDefinition<Payload, unknown> {
  /** What its handler is given. Exists only in the types. */
  readonly [handles]: (payload: Handled) => Handled;
}

/** A declaration whose payload a schema describes. */
export interface DeclareOptionsWithInput<Schema extends StandardSchema> extends DeclaredSettings {
  /** Validates the payload at push and in the worker: any Standard Schema library. */
  readonly input: Schema;
  /** At most one run per key and window, at the end of the window. */
  readonly throttle?: ThrottleOptions<SchemaInput<Schema>> | undefined;
  /** One run per key after no push has arrived for a window. */
  readonly debounce?: DebounceOptions<SchemaInput<Schema>> | undefined;
}

/** A declaration whose payload is plain JSON, not validated. */
export interface DeclareOptions<Payload> extends DeclaredSettings {
  readonly input?: undefined;
  /** At most one run per key and window, at the end of the window. */
  readonly throttle?: ThrottleOptions<Payload> | undefined;
  /** One run per key after no push has arrived for a window. */
  readonly debounce?: DebounceOptions<Payload> | undefined;
}

/** The overloads of `client.declare()`. */
export interface DeclareTask {
  <Schema extends StandardSchema>(
    name: string,
    options: DeclareOptionsWithInput<Schema>,
  ): DeclaredTask<SchemaInput<Schema>, SchemaOutput<Schema>>;
  <Payload = void>(name: string, options?: DeclareOptions<Payload>): DeclaredTask<Payload>;
}

/** What runs the tasks of a declared definition, and what is to be called when a delivery has ended. */
export interface HandlerOptions<Handled, Deps extends Dependencies, Returned>
  extends Hooks<Handled, NoInfer<Awaited<Returned>>> {
  /** What the handler needs, by name. */
  readonly deps?: Deps | undefined;
  /** The handler. */
  readonly run: (payload: Handled, context: WithDelivery<Deps>) => Returned;
}

/** The overloads of `client.handle()`. */
export interface HandleTask {
  <Payload, Handled>(
    definition: DeclaredTask<Payload, Handled>,
    run: (payload: Handled, context: WithDelivery<Record<never, never>>) => unknown,
  ): (() => void) & Disposable;
  <Payload, Handled, Returned, const Deps extends Dependencies = Record<never, never>>(
    definition: DeclaredTask<Payload, Handled>,
    options: HandlerOptions<Handled, Deps, Returned>,
  ): (() => void) & Disposable;
}
