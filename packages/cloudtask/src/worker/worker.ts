import { type Duration, durationMs } from "../core/duration.ts";
import { type Late, late } from "../core/late.ts";
import { type Registry, registryOf, type TaskClient } from "../execution/registry.ts";
import type { DeliveryServer } from "./delivery-server.ts";
import type { IncomingRequest, WorkerAnswer } from "./incoming-request.ts";
import { markBodyLost } from "./lost-body.ts";
import { requiredCredentials } from "./required-credentials.ts";
import { type ResolvedWorkerOptions, resolveWorkerOptions, type WorkerOptions } from "./worker-options.ts";

/** For adapters: they load this file, and the code that reads bodies only later. */
export { markBodyLost };

/**
 * Milliseconds that `close()` waits for running deliveries before it aborts them. An aborted delivery may take 4 s more to stop
 * and to run its hooks, and Cloud Run kills the process 10 s after SIGTERM. Source:
 * https://cloud.google.com/run/docs/container-contract#instance-shutdown
 */
export const DEFAULT_GRACE_MS = 4_000;

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
  requiredCredentials(registry, resolved);
  return lateWorker(registry, resolved);
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
  preload();
  let created: Worker | undefined;
  const create = (): Worker => {
    created ??= createWorker(target, options);
    return created;
  };
  const serve: Serve = (request) => {
    let worker: Worker;
    try {
      worker = create();
    } catch (error) {
      return misconfigured(registry, "the worker could not be created", error);
    }
    return (serveOf(worker) as Serve)(request);
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
  return workerOf(serve, close);
}

/** Answers a request without the objects of the web, which cost more than the rest of a delivery. */
export type Serve = (request: IncomingRequest) => Promise<WorkerAnswer>;

const serves = new WeakMap<Worker, Serve>();

/**
 * For the adapters of Node. Returns `undefined` for a worker of another copy of this package, and for one that an application
 * wrapped: only its `fetch` can be called.
 */
export function serveOf(worker: Worker): Serve | undefined {
  return serves.get(worker);
}

function workerOf(serve: Serve, close: Worker["close"]): Worker {
  const fetch = async (request: Request): Promise<Response> => {
    const { text, ...init } = await serve(request);
    return new Response(text, init);
  };
  const worker: Worker = { fetch, close, [Symbol.asyncDispose]: () => close() };
  serves.set(worker, serve);
  return worker;
}

/** Distinguishes a worker from a client and from options. */
export function isWorker(value: unknown): value is Worker {
  return "fetch" in Object(value);
}

/** A process that only pushes imports `createWorker()` too, but not the code that handles deliveries. */
export const loadServer: Late<Pick<typeof import("./delivery-server.ts"), "DeliveryServer">> = /* @__PURE__ */ late(
  () => import("./delivery-server.ts"),
);

/** Loads that code before the first delivery. If it fails, the delivery reports it. */
function preload(): void {
  void Promise.resolve(loadServer()).catch(() => undefined);
}

function lateWorker(registry: Registry, options: ResolvedWorkerOptions): Worker {
  preload();
  let server: DeliveryServer | undefined;
  const load = async (): Promise<DeliveryServer> => {
    const { DeliveryServer } = await loadServer();
    server ??= new DeliveryServer(registry, options);
    return server;
  };
  let isClosing = false;
  // Waits for the code in the same way as `fetch`: a later request must find the worker closing, and an earlier one must not.
  const close = async (graceMs: number): Promise<void> => {
    isClosing = true;
    let loaded: DeliveryServer;
    try {
      loaded = await load();
    } catch {
      // Without its code, the worker runs nothing that it could wait for.
      return;
    }
    await loaded.close(graceMs);
  };
  const serve: Serve = (request) => {
    const arrivedMs = Date.now();
    return server === undefined || isClosing ? loadAndServe(request, arrivedMs) : server.serve(request, arrivedMs);
  };
  const loadAndServe = async (request: IncomingRequest, arrivedMs: number): Promise<WorkerAnswer> => {
    let loaded: DeliveryServer;
    try {
      loaded = await load();
    } catch (error) {
      return misconfigured(registry, "the code of the worker could not be loaded", error);
    }
    return loaded.serve(request, arrivedMs);
  };
  return workerOf(serve, ({ grace = DEFAULT_GRACE_MS } = {}) => close(durationMs(grace, "worker.close({ grace })")));
}

/** Answers a delivery to a worker that runs no task. It must not be silent, so the console replaces a missing logger. */
async function misconfigured(
  { logger = console, secrets }: Registry,
  problem: string,
  error: unknown,
): Promise<WorkerAnswer> {
  const message = `${problem}, and the task did not run`;
  try {
    const { logOf } = await import("../execution/registry-log.ts").catch(() => ({ logOf: undefined }));
    if (logOf === undefined) logger.error(`cloudtask: ${message}`, error);
    else logOf({ logger, secrets })?.error(message, { error });
  } catch {
    // An error of the logger must not change the answer.
  }
  const body = { status: "misconfigured", message: "the worker is misconfigured; its log has the error" };
  return { status: 500, headers: { "Content-Type": "application/json" }, text: JSON.stringify(body) };
}
