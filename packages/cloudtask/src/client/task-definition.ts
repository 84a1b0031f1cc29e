import type { Duration } from "../core/duration.ts";
import type { Dependencies, WithDelivery } from "../dependencies/dependency.ts";
import type { Hooks } from "../execution/hooks.ts";
import type { SchemaInput, SchemaOutput, StandardSchema } from "../payload/standard-schema.ts";
import type { Task } from "./task.ts";

/** What every task definition may say, whatever its payload. */
export interface TaskSettings extends Hooks {
  /** The queue of its tasks. Default: the client's. */
  readonly queue?: string | undefined;
  /** Where its worker is, if not at the client's `url`. */
  readonly url?: string | undefined;
  /** How long Cloud Tasks waits for the answer: 15 s to 30 min. Default: the client's. */
  readonly dispatchDeadline?: Duration | undefined;
  /** Extra headers of its tasks. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Names its tasks by chance, so that a retried push can never create a second one. Default: the client's. */
  readonly idempotent?: boolean | undefined;
  /**
   * After how many failed attempts a task is discarded, 1 or more, on top of the queue's own limit. Default: only the
   * queue's limit.
   */
  readonly maxAttempts?: number | undefined;
}

/** A definition whose payload a schema describes: the handler gets the schema's output, `push()` takes its input. */
export interface TaskOptionsWithInput<Schema extends StandardSchema, Deps extends Dependencies, Returned>
  extends TaskSettings {
  /** Validates the payload at push and in the worker: any Standard Schema library. */
  readonly input: Schema;
  /** What the handler needs, by name. */
  readonly deps?: Deps;
  /** The handler. */
  readonly run: (payload: SchemaOutput<Schema>, context: WithDelivery<Deps>) => Returned;
}

/** A definition whose payload the handler's first parameter describes: plain JSON, not validated. */
export interface TaskOptions<Payload, Deps extends Dependencies, Returned> extends TaskSettings {
  readonly input?: undefined;
  /** What the handler needs, by name. */
  readonly deps?: Deps;
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

/** The overloads of `client.task()`. */
export interface DefineTask {
  <Payload = void, Returned = unknown>(
    name: string,
    run: (payload: Payload, context: WithDelivery<Record<never, never>>) => Returned,
  ): TaskDefinition<Payload, Awaited<Returned>>;
  <Schema extends StandardSchema, Returned, const Deps extends Dependencies = Record<never, never>>(
    name: string,
    options: TaskOptionsWithInput<Schema, Deps, Returned>,
  ): TaskDefinition<SchemaInput<Schema>, Awaited<Returned>>;
  <Payload = void, Returned = unknown, const Deps extends Dependencies = Record<never, never>>(
    name: string,
    options: TaskOptions<Payload, Deps, Returned>,
  ): TaskDefinition<Payload, Awaited<Returned>>;
}
