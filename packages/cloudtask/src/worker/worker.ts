import { type Duration, durationMs } from "../core/duration.ts";
import { errorText } from "../core/error-text.ts";
import { createLog } from "../core/log.ts";
import { LONGEST_TIMER_MS } from "../core/longest-timer.ts";
import { PING_TASK } from "../core/ping.ts";
import { printable } from "../core/printable.ts";
import type { Overrides } from "../dependencies/overrides.ts";
import { discardUnknown } from "../execution/discard-unknown.ts";
import { execute } from "../execution/execute.ts";
import { isHandled, noHandlerMessage, type Registry, registryOf, type TaskClient } from "../execution/registry.ts";
import type { DeliveryFacts } from "../execution/run.ts";
import { type Envelope, parseEnvelope } from "../payload/codec.ts";
import { type Authenticate, createAuthenticate } from "./authenticate.ts";
import { ConcurrencyLimit, type Slot } from "./concurrency-limit.ts";
import { deliveryFacts } from "./delivery-facts.ts";
import { type Outcome, outcomeResponse, type Rejection } from "./outcome-response.ts";
import { readBody } from "./read-body.ts";
import { type ResolvedWorkerOptions, resolveWorkerOptions, type WorkerOptions } from "./worker-options.ts";

/**
 * Milliseconds that `close()` waits for running deliveries before it aborts them. An aborted delivery may take 4 s more to stop
 * and to run its hooks, and Cloud Run kills the process 10 s after SIGTERM. Source:
 * https://cloud.google.com/run/docs/container-contract#instance-shutdown
 */
export const DEFAULT_GRACE_MS = 4_000;

/** The longest time that Cloud Tasks waits for an HTTP target. */
const LONGEST_DELIVERY_MS = 30 * 60_000;

/**
 * Receives the calls of Cloud Tasks. Accepts a web-standard `Request` and returns a web-standard `Response`.
 *
 * @example
 * ```ts
 * const worker: Worker = createWorker(client);
 * const response = await worker.fetch(request);
 * await worker.close({ grace: "4s" });
 * ```
 */
export interface Worker {
  /**
   * Handles one delivery: authenticates the caller, reads the body, runs the task, and answers according to the outcome. Never
   * rejects. It does not use `this`, so you can pass it as a function: `Deno.serve(worker.fetch)`.
   *
   * @param request - the HTTP request, with an unread body
   * @returns the answer; its status decides whether Cloud Tasks deletes or retries the task
   */
  readonly fetch: (request: Request) => Promise<Response>;
  /**
   * Stops the worker. New deliveries are answered 503 with `Retry-After`, so Cloud Tasks tries again later. Running deliveries may
   * finish.
   *
   * @param options - `grace`: the time before the signals of running deliveries abort (default 4 s). Aborted deliveries then
   * have up to 4 s to stop.
   * @returns a promise that resolves after the last delivery was answered
   */
  close(options?: { readonly grace?: Duration }): Promise<void>;
  /** Calls `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Creates the worker of a client, which runs the client's tasks when Cloud Tasks calls it. Mount it at the client's `url`, with an
 * adapter (`cloudtask/express`, `cloudtask/node` …) or with its `fetch` function.
 *
 * @param client - the client; its tasks must be defined before they are delivered
 * @param options - limits, and the authentication of callers
 * @returns the worker
 * @throws TypeError if an option is invalid, or if the worker would accept unauthenticated callers without
 * `allowUnauthenticated: true`
 *
 * @example
 * ```ts
 * const worker = createWorker(client, { maxConcurrency: 50 });
 * Bun.serve({ fetch: worker.fetch });
 * ```
 */
export function createWorker(client: TaskClient, options: WorkerOptions = {}): Worker {
  const registry = registryOf(client);
  const resolved = resolveWorkerOptions(options);
  const server = new DeliveryServer(registry, resolved);
  return {
    fetch: (request) => server.serve(request),
    close: ({ grace = DEFAULT_GRACE_MS } = {}) => server.close(durationMs(grace, "worker.close({ grace })")),
    [Symbol.asyncDispose]: () => server.close(DEFAULT_GRACE_MS),
  };
}

/**
 * Returns the worker that an adapter serves: `target` itself if it is a worker, or the worker of the client `target`, which is
 * created at the first request. Bundlers and deploy tools (`next build`, Firebase's discovery) load modules while environment
 * variables are unset, so the client's configuration must not be read earlier.
 *
 * @returns a worker; if it cannot be created, it runs no task, answers 500 and logs the error
 * @throws TypeError if an option is invalid, or if options are passed with a worker
 */
export function workerFor(target: TaskClient | Worker, options: WorkerOptions = {}): Worker {
  if (isWorker(target)) {
    if (Object.keys(options).length === 0) return target;
    throw new TypeError("this worker already has its options; pass worker options to createWorker()");
  }
  const registry = registryOf(target);
  resolveWorkerOptions(options);
  let created: Worker | undefined;
  const create = (): Worker => {
    created ??= createWorker(target, options);
    return created;
  };
  const fetch: Worker["fetch"] = async (request) => {
    let worker: Worker;
    try {
      worker = create();
    } catch (error) {
      // A worker that runs no task must not be silent, so the console replaces a missing logger.
      const logger = registry.logger ?? createLog(console, registry.redact);
      logger.error("the worker could not be created, and the task did not run", { error });
      return outcomeResponse({ kind: "misconfigured", message: "the worker is misconfigured; its log has the error" });
    }
    return worker.fetch(request);
  };
  // Without a request so far, the worker is created now. It then answers 503 to all requests.
  const close: Worker["close"] = async (closeOptions) => {
    let worker: Worker;
    try {
      worker = create();
    } catch {
      return;
    }
    await worker.close(closeOptions);
  };
  return { fetch, close, [Symbol.asyncDispose]: () => close() };
}

/** Distinguishes a worker from a client and from options. */
export function isWorker(value: unknown): value is Worker {
  return "fetch" in Object(value);
}

/** Options of a single delivery. */
interface DeliveryOptions {
  /**
   * Dependencies replaced in this delivery only: `new Overrides(registry.overrides)`, then `overrides.set(…)` for each. Instances
   * that live as long as the client and need one of them are created for this delivery, and torn down after it.
   */
  readonly overrides?: Overrides;
}

/** A request with its time of arrival, in milliseconds since the epoch. */
interface IncomingDelivery extends DeliveryOptions {
  readonly request: Request;
  readonly arrivedMs: number;
}

/** The implementation of a worker. Tests use its outcomes, which contain more than the answers. */
export class DeliveryServer {
  readonly #registry: Registry;
  readonly #options: ResolvedWorkerOptions;
  readonly #authenticate: Authenticate;
  readonly #now: () => number;
  readonly #limit: ConcurrencyLimit;
  /** Each has a controller of its own: thousands of listeners on one signal are slow, and Node reports them as a leak. */
  readonly #running = new Map<Promise<Outcome>, AbortController>();
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

  async serve(request: Request): Promise<Response> {
    return this.responseTo(await this.outcomeOf(request));
  }

  responseTo(outcome: Outcome): Response {
    return outcomeResponse(outcome, this.#now());
  }

  /** Handles one delivery. Never rejects. */
  async outcomeOf(request: Request, options: DeliveryOptions = {}): Promise<Outcome> {
    const incoming = { ...options, request, arrivedMs: Date.now() };
    const outcome = this.#rejectEarly(request) ?? (await this.#track(incoming));
    if ("message" in outcome) {
      const reason = ("detail" in outcome && outcome.detail) || outcome.message;
      this.#registry.logger?.warn(`rejected a delivery (${outcome.kind}): ${reason}`);
    }
    return outcome;
  }

  async close(graceMs: number): Promise<void> {
    this.#isClosing = true;
    const timer = setTimeout(
      () => {
        for (const controller of this.#running.values()) controller.abort(new Error("the worker is closing"));
      },
      Math.min(graceMs, LONGEST_TIMER_MS),
    );
    await Promise.allSettled(this.#running.keys());
    clearTimeout(timer);
  }

  /** Rejects a request that needs no authentication to be rejected. */
  #rejectEarly(request: Request): Rejection | undefined {
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
  async #track(incoming: IncomingDelivery): Promise<Outcome> {
    const controller = new AbortController();
    const running = this.#deliver(incoming, controller.signal).catch((error): Outcome => {
      const message = "a delivery failed outside its handler";
      this.#registry.logger?.error(message, { error });
      return { kind: "error", error, summary: `${message}: ${errorText(error, this.#registry.redact)}` };
    });
    this.#running.set(running, controller);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #deliver(incoming: IncomingDelivery, closing: AbortSignal): Promise<Outcome> {
    const { request, arrivedMs } = incoming;
    const rejection = (await this.#authenticate(request)) ?? this.#rejectOverLimit() ?? rejectContentType(request);
    if (rejection !== undefined) return rejection;
    // No `await` between the check of the limit and this line: simultaneous requests must not exceed the limit.
    const slot = this.#limit.take(arrivedMs + LONGEST_DELIVERY_MS);
    try {
      return await this.#run(incoming, closing, slot);
    } finally {
      this.#limit.release(slot);
    }
  }

  async #run({ request, arrivedMs, overrides }: IncomingDelivery, closing: AbortSignal, slot: Slot): Promise<Outcome> {
    const body = await readBody(request, this.#options.maxBodyBytes, closing);
    if (typeof body !== "string") return body;
    const envelope = parseEnvelope(body);
    if ("problem" in envelope) return { kind: "malformed", message: envelope.problem };
    if (envelope.task === PING_TASK) return { kind: "success", result: "pong" };
    const task = this.#registry.tasks.get(envelope.task);
    if (task !== undefined && !isHandled(task)) return { kind: "unknown-task", message: noHandlerMessage(task) };
    const facts = deliveryFacts(request, {
      dispatchDeadlineMs: task?.dispatchDeadlineMs ?? LONGEST_DELIVERY_MS,
      secretHeader: this.#registry.callers.secretHeader,
      arrivedMs,
      signals: [closing],
      now: this.#now,
    });
    slot.expiresMs = arrivedMs + facts.dispatchDeadlineMs;
    if (task === undefined) return this.#unknownTask(envelope, facts);
    return execute(this.#registry, task, envelope, { ...facts, overrides });
  }

  async #unknownTask(envelope: Envelope, facts: DeliveryFacts): Promise<Outcome> {
    const message = `no task definition is named ${printable(envelope.task)}; import the module that defines it in this process`;
    if (this.#options.unknownTask === "retry") return { kind: "unknown-task", message };
    return discardUnknown(this.#registry, envelope, facts, message);
  }
}

/** A cross-site form can post JSON as text/plain, but cannot post application/json without the server's consent (CORS). */
function rejectContentType(request: Request): Rejection | undefined {
  const type = request.headers.get("Content-Type") ?? undefined;
  if (type !== undefined && /^application\/json\s*(;|$)/i.test(type)) return undefined;
  return {
    kind: "malformed",
    message:
      `expected the Content-Type application/json, received ${printable(type)}; set that header on the task or, with ` +
      "`--headers=Content-Type=application/json`, on the Cloud Scheduler job",
  };
}
