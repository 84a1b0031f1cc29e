import { type Duration, durationMs } from "../core/duration.ts";
import { LONGEST_TIMER_MS } from "../core/longest-timer.ts";
import { printable } from "../core/printable.ts";
import type { Overrides } from "../dependencies/overrides.ts";
import { execute } from "../execution/execute.ts";
import { isHandled, noHandlerMessage, type Registry, registryOf, type TaskClient } from "../execution/registry.ts";
import { parseEnvelope } from "../payload/codec.ts";
import { type Authenticate, createAuthenticate } from "./authenticate.ts";
import { deliveryFacts } from "./delivery-facts.ts";
import { type Outcome, outcomeResponse, type Refusal } from "./outcome-response.ts";
import { readBody } from "./read-body.ts";
import { type ResolvedWorkerOptions, resolveWorkerOptions, type WorkerOptions } from "./worker-options.ts";

/**
 * How long `close()` lets running deliveries finish before it aborts them, in milliseconds. An aborted delivery may take 4 s more to unwind and
 * tell its hooks, and Cloud Run kills 10 s after SIGTERM: https://cloud.google.com/run/docs/container-contract#instance-shutdown
 */
export const DEFAULT_GRACE_MS = 4_000;

/** As long as Cloud Tasks waits at most for an HTTP target. */
const LONGEST_DELIVERY_MS = 30 * 60_000;

/**
 * A known caller's delivery, and when Cloud Tasks waits for it no longer: then its place is free, though nothing was heard of it.
 * Cloudflare Workers cancel a request whose caller has left, and then not even a `finally` runs.
 */
interface Place {
  untilMs: number;
}

/** Receives the calls of Cloud Tasks: a web-standard request in, a web-standard response out. */
export interface Worker {
  /**
   * Serves one delivery: authenticates the call, reads the body, runs the task, answers with the outcome. It never
   * rejects. It may be passed on by itself (`Deno.serve(worker.fetch)`).
   *
   * @param request - the HTTP request as it came, its body unread
   * @returns the answer that makes Cloud Tasks do the right thing next
   */
  readonly fetch: (request: Request) => Promise<Response>;
  /**
   * Stops serving: new deliveries are answered 503 with `Retry-After`, so that Cloud Tasks tries again elsewhere; running
   * ones may finish.
   *
   * @param options - `grace`: how long they may, before their signals abort (default 4 s); then they have up to 4 s to unwind
   * @returns when the last one has been answered
   */
  close(options?: { readonly grace?: Duration }): Promise<void>;
  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes the worker of a client: what runs its tasks when Cloud Tasks calls. Mount it at the client's `url`, by an adapter
 * (`cloudtask/express`, `cloudtask/node` …) or by its `fetch`.
 *
 * @param client - a CloudTaskClient whose tasks are defined by the time they are delivered
 * @param options - limits, and who may call
 * @returns the worker
 * @throws TypeError where nothing would keep strangers out, or an option is wrong
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

/** @returns whether it is a worker, and not a client or options to make one of */
export function isWorker(value: unknown): value is Worker {
  return "fetch" in Object(value);
}

/** How one delivery differs from those of a worker. */
interface DeliveryOptions {
  /**
   * What is replaced in this delivery alone: `const overrides = new Overrides(registry.overrides)`, then `overrides.set(…)` for each.
   * What lives as long as the client and is made with one of them is made anew for the delivery, and torn down after it.
   */
  readonly overrides?: Overrides;
}

/** A request that came in. */
interface Incoming extends DeliveryOptions {
  readonly request: Request;
  readonly arrivedMs: number;
}

/** What a worker does. Tests ask it for outcomes, which say more than their answers. */
export class DeliveryServer {
  readonly #registry: Registry;
  readonly #options: ResolvedWorkerOptions;
  readonly #authenticate: Authenticate;
  readonly #now: () => number;
  /** Each with a controller of its own: thousands of listeners on one signal are slow, and look like a leak to Node. */
  readonly #running = new Map<Promise<Outcome>, AbortController>();
  /** Those of them that are known callers': while a stranger is being looked at, he takes no place from anyone. */
  readonly #places = new Set<Place>();
  #draining = false;

  /**
   * @param registry - the client's
   * @param options - the worker's
   * @param clock - `now`: by which `Retry-After` is counted, in milliseconds since the epoch
   * @throws TypeError where nothing would keep strangers out
   */
  constructor(
    registry: Registry,
    options: ResolvedWorkerOptions,
    { now = () => Date.now() }: { readonly now?: () => number } = {},
  ) {
    this.#registry = registry;
    this.#options = options;
    this.#now = now;
    this.#authenticate = createAuthenticate(registry, options);
  }

  async serve(request: Request): Promise<Response> {
    return this.responseTo(await this.outcomeOf(request));
  }

  /**
   * @param outcome - how a delivery ended
   * @returns how it is answered
   */
  responseTo(outcome: Outcome): Response {
    return outcomeResponse(outcome, this.#now());
  }

  /**
   * @param request - a delivery's
   * @param options - what differs in this one
   * @returns how it ended; it never rejects
   */
  async outcomeOf(request: Request, options: DeliveryOptions = {}): Promise<Outcome> {
    const incoming = { ...options, request, arrivedMs: Date.now() };
    const outcome = this.#refusal(request) ?? (await this.#admit(incoming));
    if ("message" in outcome) {
      this.#registry.logger?.warn(
        `cloudtask: a call was refused (${outcome.kind}): ${("detail" in outcome && outcome.detail) || outcome.message}`,
      );
    }
    return outcome;
  }

  async close(graceMs: number): Promise<void> {
    this.#draining = true;
    const timer = setTimeout(
      () => {
        for (const controller of this.#running.values()) controller.abort(new Error("the worker is closing"));
      },
      Math.min(graceMs, LONGEST_TIMER_MS),
    );
    await Promise.allSettled(this.#running.keys());
    clearTimeout(timer);
  }

  #refusal(request: Request): Refusal | undefined {
    if (request.method !== "POST") {
      return { kind: "method-not-allowed", message: `a delivery is a POST, received ${request.method}` };
    }
    if (this.#draining) return { kind: "draining", message: "this worker is closing" };
    return this.#full();
  }

  #full(): Refusal | undefined {
    const { maxConcurrency } = this.#options;
    if (this.#places.size >= maxConcurrency) this.#clearPlaces();
    if (this.#places.size < maxConcurrency) return undefined;
    return { kind: "full", message: `${this.#places.size} deliveries are running, as many as may (maxConcurrency)` };
  }

  async #admit(incoming: Incoming): Promise<Outcome> {
    const controller = new AbortController();
    const running = this.#deliver(incoming, controller.signal).catch((error): Outcome => {
      this.#registry.logger?.error("cloudtask: a delivery failed outside its handler", error);
      return { kind: "error", error };
    });
    this.#running.set(running, controller);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #deliver(incoming: Incoming, closing: AbortSignal): Promise<Outcome> {
    const { request, arrivedMs } = incoming;
    const refused = (await this.#authenticate(request)) ?? this.#full() ?? wrongType(request);
    if (refused !== undefined) return refused;
    // Nothing is awaited since it was found that there is a place, so that a burst cannot slip past `maxConcurrency`.
    const place: Place = { untilMs: arrivedMs + LONGEST_DELIVERY_MS };
    this.#places.add(place);
    try {
      return await this.#run(incoming, closing, place);
    } finally {
      this.#places.delete(place);
    }
  }

  #clearPlaces(): void {
    const nowMs = Date.now();
    for (const place of this.#places) if (place.untilMs < nowMs) this.#places.delete(place);
  }

  async #run({ request, arrivedMs, overrides }: Incoming, closing: AbortSignal, place: Place): Promise<Outcome> {
    const body = await readBody(request, this.#options.maxBodyBytes, closing);
    if (typeof body !== "string") return body;
    const envelope = parseEnvelope(body);
    if ("problem" in envelope) return { kind: "malformed", message: envelope.problem };
    const task = this.#registry.tasks.get(envelope.task);
    if (task === undefined) return this.#unknown(undefinedTask(envelope.task));
    if (!isHandled(task)) return { kind: "unknown-task", message: noHandlerMessage(task) };
    const facts = deliveryFacts(request, {
      dispatchDeadlineMs: task.dispatchDeadlineMs,
      secretHeader: this.#registry.callers.secretHeader,
      arrivedMs,
      signals: [closing],
    });
    place.untilMs = arrivedMs + facts.dispatchDeadlineMs;
    return execute(this.#registry, task, envelope, { ...facts, overrides });
  }

  #unknown(message: string): Outcome {
    if (this.#options.unknownTask === "retry") return { kind: "unknown-task", message };
    this.#registry.logger?.warn(`cloudtask: a task was discarded: ${message}`);
    return { kind: "discarded", reason: "unknown-task", error: new Error(message) };
  }
}

function undefinedTask(name: string): string {
  return `no task definition is named ${printable(name)}: is the module that defines it imported here?`;
}

/** A cross-site form can post text/plain that happens to be JSON; it cannot post application/json unasked. */
function wrongType(request: Request): Refusal | undefined {
  const type = request.headers.get("Content-Type") ?? undefined;
  if (type !== undefined && /^application\/json\s*(;|$)/i.test(type)) return undefined;
  return { kind: "malformed", message: `expected the Content-Type application/json, received ${printable(type)}` };
}
