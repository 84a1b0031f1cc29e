import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:net";
import { checkBoolean, checkFunction, checkMethods, rejectUnknownOptions } from "../core/check-options.ts";
import { type Duration, durationMs } from "../core/duration.ts";
import { DEFAULT_GRACE_MS, type Worker } from "../worker/worker.ts";

/** What is closed on a signal beside the worker, when, and what then. */
export interface CloseOnSignalOptions {
  /**
   * The HTTP server that the worker is mounted on, or several: of `node:http` or `node:https`, such as `app.listen()` gives. One
   * of `node:http2` is closed too, but its sessions keep the process until their callers leave; say `exit` there.
   */
  readonly server?: Server | readonly Server[];
  /** What is closed last: clients, and whatever else has a `close()`, one after the other. */
  readonly client?: Closable | readonly Closable[];
  /** Default SIGTERM, which platforms send, and SIGINT, which Ctrl-C sends. */
  readonly signals?: readonly NodeJS.Signals[];
  /** How long running deliveries may go on before they are aborted, and other requests in all. Default: as `worker.close()`, 4 s. */
  readonly grace?: Duration;
  /**
   * Told when everything is closed, and what could not be. Without it that is thrown, so that Node reports it and ends the
   * process with 1.
   */
  readonly onClosed?: (event: ClosedOnSignal) => unknown;
  /** Whether to end the process then. Default `false`: it ends by itself once nothing keeps it. */
  readonly exit?: boolean;
}

/** What `onClosed` is told. */
export interface ClosedOnSignal {
  readonly signal: NodeJS.Signals;
  /** What could not be closed, by what `close()` threw; an `AggregateError` where there are several. `undefined` where all was. */
  readonly error: unknown;
}

/** A client, as far as closing it goes. */
interface Closable {
  close(): unknown;
}

type Known = { readonly [Option in keyof Required<CloseOnSignalOptions>]: true };

const KNOWN: Known = { client: true, exit: true, grace: true, onClosed: true, server: true, signals: true };

const WHAT = "closeOnSignal()";

/** Requests that are not deliveries may go on as long as deliveries, but for so long at least once those are over. */
const LEAST_PATIENCE_MS = 1_000;

/** How often connections that have nothing left to answer are closed. */
const SWEEP_MS = 50;

/**
 * Closes a worker on SIGTERM or SIGINT, and what belongs to it, in this order: the worker (new deliveries are answered 503 with
 * `Retry-After`, running ones may finish), the HTTP server, the client with its dependencies of scope `"app"`. The process then
 * ends by itself, with exit code 0. A second signal does what it does by default, and ends it at once.
 *
 * @param worker - the worker, made by `createWorker()`, or several
 * @param options - what else to close, and when
 * @returns what stops listening for signals: call it, or declare it with `using`
 * @throws TypeError for an option that is wrong
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
  const plan = checked(worker, options);
  const stop = (): void => {
    for (const signal of plan.signals) process.removeListener(signal, close);
  };
  const close = (signal: NodeJS.Signals): void => {
    // First, so that a second signal finds no one listening.
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

function checked(worker: Worker | readonly Worker[], options: CloseOnSignalOptions): Plan {
  rejectUnknownOptions(options, Object.keys(KNOWN), WHAT);
  const { server = [], client = [], signals = ["SIGTERM", "SIGINT"], grace, onClosed, exit = false } = options;
  const plan = { workers: [worker].flat(), servers: [server].flat(), clients: [client].flat() };
  for (const each of plan.workers) checkMethods(Object(each), ["fetch", "close"], `${WHAT}: the worker`);
  for (const each of plan.servers) checkMethods(Object(each), ["close", "prependListener"], `${WHAT}: server`);
  for (const each of plan.clients) checkMethods(Object(each), ["close"], `${WHAT}: client`);
  checkFunction(onClosed, `${WHAT}: onClosed`);
  // Read now, so that a wrong one is not found out when it is needed.
  const graceMs = durationMs(grace ?? DEFAULT_GRACE_MS, `${WHAT}: grace`);
  const isEnding = checkBoolean(exit, `${WHAT}: exit`);
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
  for (const server of servers) server.prependListener("request", leaveAfterwards);
  await Promise.all(workers.map((each) => attempt(() => each.close({ grace }))));
  const patienceMs = Math.max(LEAST_PATIENCE_MS, grace - (Date.now() - startMs));
  await Promise.all(servers.map((each) => attempt(() => closeServer(each, patienceMs))));
  for (const each of clients) await attempt(() => each.close());
  const error =
    failures.length > 1 ? new AggregateError(failures, `${WHAT}: several could not be closed`) : failures[0];
  if (onClosed === undefined && failures.length > 0) throw error;
  await onClosed?.({ signal, error });
  if (plan.exit) process.exit();
}

/** Asks the caller to come back over another connection, which leads to another instance. HTTP/2 knows no such header. */
function leaveAfterwards({ httpVersionMajor }: IncomingMessage, outgoing: ServerResponse): void {
  if (httpVersionMajor === 1) outgoing.setHeader("Connection", "close");
}

/** Waits for the answers that are under way, but not for connections that are only kept, and in the end for nothing. */
function closeServer(server: Server, patienceMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const sweep = setInterval(() => command(server, "closeIdleConnections"), SWEEP_MS);
    const limit = setTimeout(() => {
      command(server, "closeAllConnections");
      done();
    }, patienceMs);
    const done = (error?: Error): void => {
      clearInterval(sweep);
      clearTimeout(limit);
      if (error === undefined || ("code" in error && error.code === "ERR_SERVER_NOT_RUNNING")) resolve();
      else reject(error);
    };
    server.close(done);
  });
}

/** Servers of HTTP/2 do not have them. */
function command(server: Server, method: "closeIdleConnections" | "closeAllConnections"): void {
  const member: unknown = Reflect.get(server, method);
  if (typeof member === "function") member.call(server);
}
