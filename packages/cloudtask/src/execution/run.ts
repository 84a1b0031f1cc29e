import type { Abort, AbortSource } from "../core/abort-source.ts";
import { errorText } from "../core/error-text.ts";
import type { LogFields } from "../core/log.ts";
import { printableText } from "../core/printable.ts";
import type { Delivery, DeliverySource } from "../dependencies/delivery.ts";
import type { Dependency } from "../dependencies/dependency.ts";
import { DependencyScope } from "../dependencies/dependency-scope.ts";
import { attach, type attachedTo } from "../dependencies/from-request.ts";
import type { Overrides } from "../dependencies/overrides.ts";
import { type Envelope, pushedPayload } from "../payload/codec.ts";
import { type AttemptHistory, AttemptLimits } from "./attempt-limits.ts";
import { DeliveryTimer } from "./delivery-timer.ts";
import type { DiscardReason } from "./execution-outcome.ts";
import type { DeliveredPayload } from "./hooks.ts";
import { keepDelivery, type ReceivedRequest } from "./keep-discarded.ts";
import { runWithin } from "./middleware.ts";
import { PayloadReader } from "./payload-reader.ts";
import type { HandledTask, Handler, Registry } from "./registry.ts";
import { logOf, redactOf } from "./registry-log.ts";
import { RunDelivery } from "./run-delivery.ts";
import { type Settled, settle, settledBefore, unwrap } from "./settle.ts";

/** The properties of a delivery that are known before it runs. */
export interface DeliveryFacts extends AttemptHistory {
  readonly source: DeliverySource;
  readonly id: string;
  readonly queue: string;
  readonly executionCount: number;
  readonly previousResponse: number | undefined;
  readonly retryReason: string | undefined;
  /** `undefined` for a run without Cloud Tasks. Its caller gets the error, so no dead letter is created. */
  readonly received?: ReceivedRequest;
  /** Creates `delivery.request`. Called at most once, and only if a handler reads it. */
  readonly request: () => Request;
  /** The values that `fromRequest()` dependencies attached to the request. */
  readonly attached?: ReturnType<typeof attachedTo>;
  /** Signals that abort the delivery early: the caller disconnected, the worker closes. */
  readonly signals: readonly AbortSource[];
  /** Arrival of the request, in milliseconds since the epoch. The deadline counts from then. Default: now. */
  readonly arrivedMs?: number;
  /** Dependencies replaced in this delivery only, on top of the client's: `new Overrides(registry.overrides)`. */
  readonly overrides?: Overrides | undefined;
}

/** The longest task id that Cloud Tasks accepts, in characters. */
const MAX_TASK_ID = 500;

/** One delivery in progress: its payload, its time, and the dependencies of each of its steps. */
export class Run {
  readonly registry: Registry;
  readonly task: HandledTask;
  /** The handler at the start of the delivery. In development, a reloaded module may replace it. */
  readonly handler: Handler;
  readonly facts: DeliveryFacts;
  readonly limits: AttemptLimits;
  readonly #timer: DeliveryTimer;
  readonly #envelope: Envelope;
  /** The scope of dependencies that live as long as the client: the client's, or a separate one if the delivery has overrides. */
  readonly #app: DependencyScope;
  /** The steps of a delivery with overrides that were started: the handler, the middleware and each hook. */
  readonly #steps: Promise<Settled>[] = [];
  readonly #reader: PayloadReader;
  #request: Request | undefined;

  /** Creates the delivery that a step or the factory of a dependency receives. */
  readonly #createDelivery = (scope: DependencyScope, requester?: Dependency<unknown>): Delivery => {
    const delivery = new RunDelivery(this, scope, requester);
    const { attached } = this.facts;
    return attached === undefined ? delivery : attach(delivery, attached);
  };

  constructor(registry: Registry, task: HandledTask, envelope: Envelope, facts: DeliveryFacts) {
    const { dispatchDeadlineMs, signals, arrivedMs = Date.now(), overrides } = facts;
    this.registry = registry;
    this.task = task;
    this.handler = task.handler;
    this.facts = facts;
    this.limits = new AttemptLimits(facts, task.retry);
    this.#envelope = envelope;
    this.#reader = new PayloadReader(envelope);
    this.#timer = new DeliveryTimer({ dispatchDeadlineMs, arrivedMs }, signals);
    const shared = registry.appScope(newAppScope);
    this.#app = overrides === undefined ? shared : new DependencyScope({ overrides, shared });
  }

  /** The definition, the task and the attempt, for log messages. */
  get label(): string {
    const { id, retryCount } = this.facts;
    return `"${this.task.name}" (${id === "" ? "" : `task ${printableId(id)}, `}attempt ${retryCount + 1})`;
  }

  /** The values of the label as fields, for loggers that accept them. */
  get logFields(): LogFields {
    const { id, queue, retryCount } = this.facts;
    return { task: this.task.name, id: printableId(id), queue: printableId(queue), attempt: retryCount + 1 };
  }

  /** Returns the message of an answer, without secrets: the label, then `event`, then the error. */
  summary(event: string, error: unknown): string {
    return `${this.label} ${event}: ${errorText(error, redactOf(this.registry))}`;
  }

  /** `true` if the deadline passed, the caller disconnected, or the worker is closing. */
  get isAborted(): boolean {
    return this.#timer.abort.aborted;
  }

  /** The time at which Cloud Tasks stops waiting for the answer. */
  get deadline(): Date {
    return this.#timer.deadline;
  }

  /** Aborts before the deadline, when the caller disconnects, or when the worker closes. */
  get signal(): AbortSignal {
    return this.#timer.signal;
  }

  /** See `Delivery.isLastAttempt`. */
  get isLastAttempt(): boolean | undefined {
    return this.limits.isLastAttempt;
  }

  /** The request without secrets. */
  get request(): Request {
    this.#request ??= this.facts.request();
    return this.#request;
  }

  /** The payload as it was pushed. Read again from the body, because a handler or a schema may have changed the object. */
  get rawPayload(): unknown {
    return pushedPayload(this.#envelope, this.registry.serializer);
  }

  /** The payload as far as it was read. */
  get payload(): DeliveredPayload {
    return this.#reader.payload;
  }

  /** Identifies the task among all tasks of the client. */
  get taskKey(): string {
    return `${this.facts.queue}/${this.facts.id}`;
  }

  /** The rejection of this payload, if it was rejected. */
  get payloadError(): unknown {
    return this.#reader.rejection;
  }

  /** Checks whether an error is the rejection of this payload. A handler may throw the same type of error for another payload. */
  isPayloadError(error: unknown): boolean {
    return this.payloadError !== undefined && this.payloadError === error;
  }

  /** Runs the handler within its middleware. Waits for it until the worker must answer. */
  runTask(): Promise<Settled> {
    const layers = this.registry.middlewareOf(this.task);
    const running =
      layers.length === 0
        ? this.#runHandler()
        : this.#runStep((_, delivery) => runWithin(layers, delivery, async () => unwrap(await this.#runHandler())));
    return this.#waitUntil(this.#timer.overdue, running, () => {
      const consequence = "its work is done, but it was answered as failed and Cloud Tasks will retry it";
      const message = `${this.label} succeeded after its delivery was aborted: ${consequence}`;
      logOf(this.registry)?.warn(message, this.logFields);
    });
  }

  /** Runs a hook with dependencies of its own. Waits for it until the worker must answer. */
  runHook(hook: (delivery: Delivery) => unknown): Promise<Settled> {
    return this.#waitUntil(
      this.#timer.final,
      this.#runStep((_, delivery) => hook(delivery)),
    );
  }

  /** Keeps the task as a dead letter, if one is configured for it. Waits for it until the worker must answer. */
  keep(reason: DiscardReason, error: unknown): Promise<Settled> {
    const discard = { record: this.task, reason, error };
    return this.#waitUntil(
      this.#timer.final,
      settle(() => keepDelivery(this.registry, discard, this.#envelope, this.facts)),
    );
  }

  /** Returns the payload for hooks. Reads it now if the delivery failed before it was read. */
  async readPayloadForHooks(): Promise<DeliveredPayload> {
    if (!this.#reader.hasBegun)
      await this.#waitUntil(this.#timer.final, Promise.resolve(this.#reader.read(this.task, this.registry)));
    return this.payload;
  }

  /**
   * Stops the timer, and tears down the separate app scope of a delivery with overrides, once no step uses it.
   *
   * @returns a promise if there is something to wait for
   */
  close(): Promise<void> | undefined {
    if (this.facts.overrides !== undefined) return this.#closeApp().then(() => this.#timer.clear());
    this.#timer.clear();
    return undefined;
  }

  async #closeApp(): Promise<void> {
    const closing = Promise.allSettled(this.#steps).then(async () => {
      const failure = await this.#app.close();
      if (failure === undefined) return;
      const { error } = failure;
      logOf(this.registry)?.error(`a teardown of "${this.task.name}" failed`, { error, ...this.logFields });
    });
    await Promise.race([closing, whenAborted(this.#timer.overdue)]);
  }

  /** Reads the payload and calls the handler with its dependencies, which are torn down before this resolves. */
  #runHandler(): Promise<Settled> {
    const reading = this.#reader.read(this.task, this.registry);
    if (reading instanceof Promise) return reading.then((payload) => this.#callHandler(payload));
    return this.#callHandler(reading);
  }

  #callHandler(payload: Settled): Promise<Settled> {
    const { abort } = this.#timer;
    if ("error" in payload) return Promise.resolve(payload);
    if (abort.aborted) return Promise.resolve({ error: abort.reason });
    return this.#runStep(async (scope, delivery) => {
      const { deps: needed, run } = this.handler;
      const resolving = scope.resolveAll(needed);
      const deps = resolving instanceof Promise ? await resolving : resolving;
      abort.throwIfAborted();
      const result = await run(payload.value, { ...deps, delivery });
      // An aborted delivery is retried, so its work must be rolled back instead of committed.
      this.#timer.abortIfPast();
      abort.throwIfAborted();
      return result;
    });
  }

  /**
   * Runs a step with dependencies of its own, and tears them down.
   *
   * @returns the result of the step; its error, or the `TeardownError` that followed it
   */
  #runStep(step: (scope: DependencyScope, delivery: Delivery) => unknown): Promise<Settled> {
    const overrides = this.facts.overrides ?? this.registry.overrides;
    const scope = new DependencyScope({ overrides, app: this.#app, delivery: this.#createDelivery });
    const running = this.#runAndTearDown(scope, step);
    if (this.facts.overrides !== undefined) this.#steps.push(running);
    return running;
  }

  async #runAndTearDown(
    scope: DependencyScope,
    step: (scope: DependencyScope, delivery: Delivery) => unknown,
  ): Promise<Settled> {
    let settled: Settled;
    try {
      settled = { value: await step(scope, this.#createDelivery(scope)) };
    } catch (error) {
      settled = { error };
    }
    const closing = scope.close("error" in settled ? settled : undefined);
    const result = (closing instanceof Promise ? await closing : closing) ?? settled;
    this.#timer.abortIfPast();
    return result;
  }

  /**
   * Waits for a step until `limit` aborts. After that the step continues, and only the log shows how it ends.
   *
   * @returns the result of the step, or the reason of the abort
   */
  #waitUntil(limit: Abort, step: Promise<Settled>, onLateSuccess?: () => void): Promise<Settled> {
    return settledBefore(limit, step, (settled) => {
      if ("value" in settled) return onLateSuccess?.();
      const { error } = settled;
      if (error === limit.reason) return;
      logOf(this.registry)?.error(`${this.label} failed after its delivery was aborted`, { error, ...this.logFields });
    });
  }
}

function newAppScope(overrides: Overrides): DependencyScope {
  return new DependencyScope({ overrides });
}

/** Resolves when `abort` aborts. */
function whenAborted(abort: Abort): Promise<void> {
  return new Promise((resolve) => {
    if (abort.aborted) resolve();
    else abort.addEventListener("abort", resolve);
  });
}

/** Anyone can choose the headers if the worker accepts unauthenticated callers. */
function printableId(id: string): string {
  return printableText(id, MAX_TASK_ID);
}
