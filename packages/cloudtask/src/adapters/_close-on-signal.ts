import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:net";
import { checkBoolean, checkFunction, checkMethods, rejectUnknownOptions } from "../core/check-options.ts";
import { type Duration, durationMs } from "../core/duration.ts";
import { DEFAULT_GRACE_MS, type Worker } from "../worker/worker.ts";

/**
 * Options of `closeOnSignal()`.
 *
 * @example
 * ```ts
 * closeOnSignal(worker, { server, client, grace: "15s", onClosed: ({ signal }) => console.log(`closed by ${signal}`) });
 * ```
 */
export interface CloseOnSignalOptions {
  /**
   * The HTTP server of the worker, or a list of servers. A server is one of `node:http` or `node:https`, such as the one that
   * `app.listen()` returns. A server of `node:http2` is closed too, but its sessions keep the process running until the callers
   * disconnect. Set `exit` in that case.
   */
  readonly server?: Server | readonly Server[];
  /**
   * Clients, and other objects with a `close()` method. They are closed last, one after the other. For Fastify pass `[app, client]` and no
   * `server`, because only `app.close()` runs the hooks of the app.
   */
  readonly client?: Closable | readonly Closable[];
  /** The signals to listen for. Default: SIGTERM, which platforms send, and SIGINT, which Ctrl-C sends. */
  readonly signals?: readonly NodeJS.Signals[];
  /**
   * The time that running deliveries have before they are aborted. Other requests have the same time. Default 4 s, as in
   * `worker.close()`.
   */
  readonly grace?: Duration;
  /**
   * Called when everything is closed, with the error if something failed to close. If it is not set, the error is thrown: Node
   * prints it and ends the process with exit code 1.
   */
  readonly onClosed?: (event: ClosedOnSignal) => unknown;
  /** `true` to end the process afterwards. Default `false`: the process ends by itself when nothing keeps it running. */
  readonly exit?: boolean;
}

/**
 * The argument of `onClosed`.
 *
 * @example
 * ```ts
 * const onClosed = ({ signal, error }: ClosedOnSignal) => {
 *   if (error !== undefined) console.error(`${signal}: could not close`, error);
 * };
 * ```
 */
export interface ClosedOnSignal {
  readonly signal: NodeJS.Signals;
  /** The error that a `close()` threw, or an `AggregateError` if several did. `undefined` if everything was closed. */
  readonly error: unknown;
}

/**
 * An object that `closeOnSignal()` can close.
 *
 * @example
 * ```ts
 * const pool: Closable = { close: () => database.end() };
 * closeOnSignal(worker, { server, client: [client, pool] });
 * ```
 */
export interface Closable {
  close(): unknown;
}

type KnownOptions = { readonly [Option in keyof Required<CloseOnSignalOptions>]: true };

const KNOWN: KnownOptions = { client: true, exit: true, grace: true, onClosed: true, server: true, signals: true };

const SUBJECT = "closeOnSignal()";

/** Requests that are not deliveries have as long as deliveries, and at least this long after the last delivery has ended. */
const MIN_REQUEST_GRACE_MS = 1_000;

/** The interval at which idle connections are closed, in milliseconds. */
const SWEEP_MS = 50;

/**
 * Closes a worker, its HTTP server and its client on SIGTERM or SIGINT, in this order: the worker (new deliveries are answered
 * 503 with `Retry-After`, running ones may finish), the HTTP server, the client with its dependencies of scope `"app"`. The
 * process then ends by itself with exit code 0. A second signal has its default effect and ends the process immediately.
 *
 * @param worker - created by `createWorker()`, or several
 * @param options - the server and the client to close, and how
 * @returns a function that stops listening for signals; call it, or declare it with `using`
 * @throws TypeError if an option is unknown or invalid
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { createWorker } from "cloudtask";
 * import { closeOnSignal, cloudTaskListener } from "cloudtask/node";
 *
 * const worker = createWorker(client);
 * const server = createServer(cloudTaskListener(worker)).listen(8080);
 * closeOnSignal(worker, { server, client });
 * ```
 */
export function closeOnSignal(
  worker: Worker | readonly Worker[],
  options: CloseOnSignalOptions = {},
): (() => void) & Disposable {
  const plan = readOptions(worker, options);
  const stop = (): void => {
    for (const signal of plan.signals) process.removeListener(signal, close);
  };
  const close = (signal: NodeJS.Signals): void => {
    // First, because a second signal must have its default effect.
    stop();
    void closeAll(signal, plan);
  };
  for (const signal of plan.signals) process.on(signal, close);
  return Object.assign(stop, { [Symbol.dispose]: stop });
}

interface Plan extends Pick<CloseOnSignalOptions, "onClosed"> {
  readonly grace: number;
  readonly workers: readonly Worker[];
  readonly servers: readonly Server[];
  readonly clients: readonly Closable[];
  readonly signals: readonly NodeJS.Signals[];
  readonly exit: boolean;
}

function readOptions(worker: Worker | readonly Worker[], options: CloseOnSignalOptions): Plan {
  rejectUnknownOptions(options, Object.keys(KNOWN), SUBJECT);
  const { server = [], client = [], signals = ["SIGTERM", "SIGINT"], grace, onClosed, exit = false } = options;
  const plan = { workers: [worker].flat(), servers: [server].flat(), clients: [client].flat() };
  for (const each of plan.workers) checkMethods(Object(each), ["fetch", "close"], `${SUBJECT}: the worker`);
  for (const each of plan.servers) checkMethods(Object(each), ["close", "prependListener"], `${SUBJECT}: server`);
  for (const each of plan.clients) checkMethods(Object(each), ["close"], `${SUBJECT}: client`);
  checkFunction(onClosed, `${SUBJECT}: onClosed`);
  // Read now: a wrong value must fail at startup, not at the signal.
  const graceMs = durationMs(grace ?? DEFAULT_GRACE_MS, `${SUBJECT}: grace`);
  const isEnding = checkBoolean(exit, `${SUBJECT}: exit`);
  return { ...plan, grace: graceMs, ...(onClosed && { onClosed }), signals, exit: isEnding };
}

async function closeAll(signal: NodeJS.Signals, plan: Plan): Promise<void> {
  const { workers, servers, clients, grace, onClosed } = plan;
  const startMs = Date.now();
  const failures: unknown[] = [];
  const attempt = async (close: () => unknown): Promise<void> => {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  };
  for (const server of servers) server.prependListener("request", askToReconnect);
  await Promise.all(workers.map((each) => attempt(() => each.close({ grace }))));
  const requestGraceMs = Math.max(MIN_REQUEST_GRACE_MS, grace - (Date.now() - startMs));
  await Promise.all(servers.map((each) => attempt(() => closeServer(each, requestGraceMs))));
  for (const each of clients) await attempt(() => each.close());
  const error = failures.length > 1 ? new AggregateError(failures, `${SUBJECT}: several failed to close`) : failures[0];
  if (onClosed === undefined && failures.length > 0) throw error;
  await onClosed?.({ signal, error });
  if (plan.exit) process.exit();
}

/** Makes callers use a new connection, which leads to another instance. HTTP/2 has no such header. */
function askToReconnect({ httpVersionMajor }: IncomingMessage, outgoing: ServerResponse): void {
  if (httpVersionMajor === 1) outgoing.setHeader("Connection", "close");
}

/** Waits for responses in progress up to the limit, then closes all connections. Idle connections are closed immediately. */
function closeServer(server: Server, requestGraceMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const sweep = setInterval(() => callIfPresent(server, "closeIdleConnections"), SWEEP_MS);
    const limit = setTimeout(() => {
      callIfPresent(server, "closeAllConnections");
      done();
    }, requestGraceMs);
    const done = (error?: Error): void => {
      clearInterval(sweep);
      clearTimeout(limit);
      if (error === undefined || ("code" in error && error.code === "ERR_SERVER_NOT_RUNNING")) resolve();
      else reject(error);
    };
    server.close(done);
  });
}

/** Calls a method that servers of HTTP/2 do not have. */
function callIfPresent(server: Server, method: "closeIdleConnections" | "closeAllConnections"): void {
  const member: unknown = Reflect.get(server, method);
  if (typeof member === "function") member.call(server);
}
