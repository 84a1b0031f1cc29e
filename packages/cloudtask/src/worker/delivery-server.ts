import type { AbortSource } from "../core/abort-source.ts";
import { errorText } from "../core/error-text.ts";
import { LONGEST_TIMER_MS } from "../core/longest-timer.ts";
import { PING_TASK } from "../core/ping.ts";
import { printable } from "../core/printable.ts";
import type { Overrides } from "../dependencies/overrides.ts";
import { discardUnknown } from "../execution/discard-unknown.ts";
import { execute } from "../execution/execute.ts";
import { noHandlerMessage } from "../execution/no-handler-message.ts";
import { isHandled, type Registry } from "../execution/registry.ts";
import { logOf, redactOf } from "../execution/registry-log.ts";
import type { DeliveryFacts } from "../execution/run.ts";
import { type Envelope, parseEnvelope } from "../payload/codec.ts";
import { type Authenticate, createAuthenticate } from "./authenticate.ts";
import { ConcurrencyLimit, type Slot } from "./concurrency-limit.ts";
import { deliveryFacts } from "./delivery-facts.ts";
import type { IncomingRequest, WorkerAnswer } from "./incoming-request.ts";
import { type Outcome, outcomeAnswer, type Rejection } from "./outcome-response.ts";
import { readBody } from "./read-body.ts";
import { RunningDeliveries } from "./running-deliveries.ts";
import type { ResolvedWorkerOptions } from "./worker-options.ts";

/** The longest time that Cloud Tasks waits for an HTTP target. */
const LONGEST_DELIVERY_MS = 30 * 60_000;

/** Options of a single delivery. */
interface DeliveryOptions {
  /**
   * Dependencies replaced in this delivery only: `new Overrides(registry.overrides)`, then `overrides.set(…)` for each. Instances
   * that live as long as the client and need one of them are created for this delivery, and torn down after it.
   */
  readonly overrides?: Overrides;
  /** The arrival of the request, in milliseconds since the epoch. Default: now. */
  readonly arrivedMs?: number | undefined;
}

/** A request with its time of arrival. */
interface IncomingDelivery {
  readonly request: IncomingRequest;
  readonly overrides: Overrides | undefined;
  readonly arrivedMs: number;
}

/** The implementation of a worker. Tests use its outcomes, which contain more than the answers. */
export class DeliveryServer {
  readonly #registry: Registry;
  readonly #options: ResolvedWorkerOptions;
  readonly #authenticate: Authenticate;
  readonly #now: () => number;
  readonly #limit: ConcurrencyLimit;
  readonly #running = new RunningDeliveries();
  #isClosing = false;

  /**
   * @param clock - `now`: the time from which `Retry-After` counts, in milliseconds since the epoch
   * @throws TypeError if the worker would accept unauthenticated callers without `allowUnauthenticated: true`
   */
  constructor(
    registry: Registry,
    options: ResolvedWorkerOptions,
    { now = () => Date.now() }: { readonly now?: () => number } = {},
  ) {
    this.#registry = registry;
    this.#options = options;
    this.#now = now;
    this.#limit = new ConcurrencyLimit(options.maxConcurrency);
    this.#authenticate = createAuthenticate(registry, options);
  }

  /** @param arrivedMs - the arrival of the request, in milliseconds since the epoch. Default: now */
  async serve(request: IncomingRequest, arrivedMs?: number): Promise<WorkerAnswer> {
    return outcomeAnswer(await this.outcomeOf(request, { arrivedMs }), this.#now());
  }

  /** Handles one delivery. Never rejects. */
  async outcomeOf(request: IncomingRequest, options: DeliveryOptions = {}): Promise<Outcome> {
    const { overrides, arrivedMs = Date.now() } = options;
    const incoming = { request, overrides, arrivedMs };
    const outcome = this.#rejectEarly(request) ?? (await this.#deliver(incoming));
    if ("message" in outcome) {
      const reason = ("detail" in outcome && outcome.detail) || outcome.message;
      logOf(this.#registry)?.warn(`rejected a delivery (${outcome.kind}): ${reason}`);
    }
    return outcome;
  }

  async close(graceMs: number): Promise<void> {
    this.#isClosing = true;
    const timer = setTimeout(
      () => this.#running.abort(new Error("the worker is closing")),
      Math.min(graceMs, LONGEST_TIMER_MS),
    );
    await this.#running.whenIdle();
    clearTimeout(timer);
  }

  /** Rejects a request that needs no authentication to be rejected. */
  #rejectEarly(request: IncomingRequest): Rejection | undefined {
    if (request.method !== "POST") {
      return { kind: "method-not-allowed", message: `expected the method POST, received ${request.method}` };
    }
    if (this.#isClosing) return { kind: "draining", message: "this worker is closing" };
    return this.#rejectOverLimit();
  }

  #rejectOverLimit(): Rejection | undefined {
    if (!this.#limit.isReached) return undefined;
    const message = `this worker runs its maximum of ${this.#options.maxConcurrency} deliveries (maxConcurrency)`;
    return { kind: "full", message };
  }

  /** Keeps a delivery in `#running` until it is over, for `close()`. */
  async #deliver(incoming: IncomingDelivery): Promise<Outcome> {
    const { request, arrivedMs } = incoming;
    const running = this.#running.add();
    let slot: Slot | undefined;
    try {
      const checking = this.#authenticate(request);
      // Most callers are authenticated without waiting. An `await` would take a turn of the microtask queue.
      const rejected = checking instanceof Promise ? await checking : checking;
      const rejection = rejected ?? this.#rejectOverLimit() ?? rejectContentType(request);
      if (rejection !== undefined) return rejection;
      // No `await` between the check of the limit and this line: simultaneous requests must not exceed the limit.
      slot = this.#limit.take(arrivedMs + LONGEST_DELIVERY_MS);
      const body = await readBody(request, this.#options.maxBodyBytes, running.closing);
      return typeof body === "string" ? await this.#run(incoming, body, { closing: running.closing, slot }) : body;
    } catch (error) {
      return this.#failed(error);
    } finally {
      if (slot !== undefined) this.#limit.release(slot);
      this.#running.remove(running);
    }
  }

  #failed(error: unknown): Outcome {
    const message = "a delivery failed outside its handler";
    logOf(this.#registry)?.error(message, { error });
    return { kind: "error", error, summary: `${message}: ${errorText(error, redactOf(this.#registry))}` };
  }

  /** Runs the task that a body names. */
  #run(
    { request, arrivedMs, overrides }: IncomingDelivery,
    body: string,
    { closing, slot }: { readonly closing: AbortSource; readonly slot: Slot },
  ): Outcome | Promise<Outcome> {
    const envelope = parseEnvelope(body);
    if ("problem" in envelope) return { kind: "malformed", message: envelope.problem };
    if (envelope.task === PING_TASK) return { kind: "success", result: "pong" };
    const task = this.#registry.tasks.get(envelope.task);
    if (task !== undefined && !isHandled(task)) return { kind: "unknown-task", message: noHandlerMessage(task) };
    const facts = deliveryFacts(request, {
      dispatchDeadlineMs: task?.dispatchDeadlineMs ?? LONGEST_DELIVERY_MS,
      secretHeader: this.#registry.callers.secretHeader,
      arrivedMs,
      closing,
      overrides,
      now: this.#now,
    });
    slot.expiresMs = arrivedMs + facts.dispatchDeadlineMs;
    if (task === undefined) return this.#unknownTask(envelope, facts);
    return execute(this.#registry, task, envelope, facts);
  }

  #unknownTask(envelope: Envelope, facts: DeliveryFacts): Outcome | Promise<Outcome> {
    const message = `no task definition is named ${printable(envelope.task)}; import the module that defines it in this process`;
    if (this.#options.unknownTask === "retry") return { kind: "unknown-task", message };
    return discardUnknown(this.#registry, envelope, facts, message);
  }
}

const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** A cross-site form can post JSON as text/plain, but cannot post application/json without the server's consent (CORS). */
function rejectContentType(request: IncomingRequest): Rejection | undefined {
  const type = request.headers.get("content-type") ?? undefined;
  if (type !== undefined && (type === "application/json" || JSON_TYPE.test(type))) return undefined;
  return {
    kind: "malformed",
    message:
      `expected the Content-Type application/json, received ${printable(type)}; set that header on the task or, with ` +
      "`--headers=Content-Type=application/json`, on the Cloud Scheduler job",
  };
}
