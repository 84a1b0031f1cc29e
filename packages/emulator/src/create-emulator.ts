import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";
import { durationMs, VERSION } from "cloudtask/internal";
import { clockOffsetMs, resetClockOffset } from "./clock/clock-offset.ts";
import { SystemClock } from "./clock/system-clock.ts";
import { createDashboard } from "./dashboard/create-dashboard.ts";
import { dashboardFolder } from "./dashboard/dashboard-folder.ts";
import { advance } from "./dispatch/advance.ts";
import type { Emulator } from "./emulator.ts";
import { addQueues, type EmulatorParts, emulatorParts } from "./emulator-parts.ts";
import { taskName } from "./engine/engine-state.ts";
import { resetEngine } from "./engine/reset-engine.ts";
import { learnSecretHeader } from "./history/secret-headers.ts";
import { AccessGuard } from "./http/access-guard.ts";
import { errorAnswer } from "./http/answer.ts";
import { ControlToken } from "./http/control-token.ts";
import { closeIfUnread, writeAnswer } from "./http/write-answer.ts";
import { createInspect } from "./inspect/create-inspect.ts";
import type { Controls, EmulatorInfo } from "./inspect/inspect-parts.ts";
import { TaskSummaries } from "./inspect/tasks/task-summaries.ts";
import type { EmulatorOptions } from "./options/emulator-options.ts";
import { type ResolvedOptions, resolveOptions } from "./options/resolve-options.ts";
import { createPort, type Port } from "./port/port.ts";
import { rejectAfterStoreFailure, storeFailureError, unlessStoreFailed } from "./reject-after-store-failure.ts";
import { answerRest } from "./rest/answer-rest.ts";
import { Router } from "./rest/router.ts";
import { cloudTasksApi } from "./service/cloud-tasks-api.ts";
import { RpcError } from "./service/rpc-error.ts";
import type { ServiceContext } from "./service/service-context.ts";
import { createServices } from "./service/services.ts";
import { taskIds } from "./service/tasks/task-ids.ts";
import type { StoreError } from "./store/store-error.ts";

/**
 * Starts an emulator of Google Cloud Tasks in this process. It serves the gRPC and REST APIs on one port and delivers tasks
 * over HTTP. Its state is kept in memory, or on disk with the option `dataDir`. A browser shows the dashboard at its `url`.
 *
 * @param options - all optional; the defaults create one queue, `default`, on a free port of 127.0.0.1
 * @returns the listening emulator; close it with `close()` or declare it with `await using`
 * @throws TypeError for an unknown option or an invalid value; Error if `dataDir` cannot be used, with a remedy; the system's
 *   error, such as EADDRINUSE, if the port is not available
 * @example
 * await using emulator = await createEmulator({ queues: { default: null, slow: { rate: 1, retry: { maxAttempts: 3 } } } });
 * const client = new CloudTaskClient({ emulatorHost: emulator.host, project: emulator.project, url });
 * await sendWelcomeEmail({ userId: "123" }).push({ delay: "10m" });
 * await emulator.advance("10m"); // the task becomes due and is delivered
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const resolved = resolveOptions(options);
  let url = "";
  const issuer = (): string => resolved.issuer ?? url;
  const parts = await emulatorParts(resolved, issuer);
  const controls = controlsOf(parts, resolved);
  const port = portOf(parts, controls, { options: resolved, url: () => url, version: VERSION });
  const number = await port.listen(resolved.host, resolved.port).catch(async (error: unknown) => {
    await closeParts(parts, port);
    throw error;
  });
  const host = `${reachableHost(resolved.host)}:${number}`;
  url = `http://${host}`;
  parts.driver.changed();
  // After a failure of the store, results of deliveries cannot be stored and every task would be delivered again.
  void parts.outage.failed.then(() => parts.driver.close());
  return emulatorOf(parts, { options: resolved, controls, port, host, url });
}

/** The parts of an emulator that exist once it listens. */
interface Listening {
  readonly options: ResolvedOptions;
  readonly controls: Controls;
  readonly port: Port;
  readonly host: string;
  readonly url: string;
}

function emulatorOf(parts: EmulatorParts, { options, controls, port, host, url }: Listening): Emulator {
  let closing: Promise<void> | undefined;
  const emulator: Emulator = {
    url,
    host,
    project: options.project,
    location: options.location,
    queues: options.queues.map(({ name }) => name),
    faults: parts.faults,
    get clockOffsetMs() {
      return clockOffsetMs(options.clock);
    },
    // Delayed by one turn of the event loop, so the calls in flight are answered first.
    failed: parts.outage.failed.then((failure) => setImmediate(failure)),
    on: (name, listener) => parts.events.on(name, listener),
    attempts: (filter = {}) => parts.history.list(filter),
    idle: () => unlessStoreFailed(parts.outage, () => parts.driver.idle()),
    advance: (by, advanceOptions = {}) => controls.advance(by, advanceOptions),
    reset: (resetOptions = {}) => controls.reset(resetOptions),
    close: () => {
      closing ??= closeParts(parts, port);
      return closing;
    },
    [Symbol.asyncDispose]: () => emulator.close(),
  };
  return emulator;
}

/** The actions that both the `Emulator` object and `/control/` over HTTP offer. */
function controlsOf(
  { driver, engine, history, stats, faults, outage }: EmulatorParts,
  options: ResolvedOptions,
): Controls {
  return {
    idle: (signal) => unlessStoreFailed(outage, () => driver.idle(signal)),
    advance: async (by, { targetTimeout = "5s" }, signal) => {
      const byMs = durationMs(by, "emulator.advance");
      const targetTimeoutMs = durationMs(targetTimeout, "emulator.advance: targetTimeout");
      await unlessStoreFailed(outage, () => advance({ driver, clock: options.clock, byMs, targetTimeoutMs, signal }));
    },
    turnBack: () =>
      unlessStoreFailed(outage, async () => {
        if (!(options.clock instanceof SystemClock)) {
          throw new RpcError(
            "FAILED_PRECONDITION",
            "The emulator has a clock of its own, which cannot be turned back.",
          );
        }
        resetClockOffset(engine, options.clock);
        driver.changed();
        await engine.store.flushed();
      }),
    reset: ({ clock = false } = {}) =>
      unlessStoreFailed(outage, async () => {
        driver.abort();
        resetEngine(engine);
        if (clock) resetClockOffset(engine, options.clock);
        history.clear();
        stats.clear();
        faults.clear();
        addQueues(engine, options);
        driver.changed();
        await engine.store.flushed();
      }),
  };
}

async function closeParts({ driver, sender, history, engine }: EmulatorParts, port: Port): Promise<void> {
  driver.close();
  sender.close();
  await port.close();
  try {
    await history.close();
  } finally {
    await engine.store.close();
  }
}

function portOf(parts: EmulatorParts, controls: Controls, info: EmulatorInfo): Port {
  const { engine, faults, minter, outage, secretNames } = parts;
  const { options, url } = info;
  const token = new ControlToken();
  const summaries = new TaskSummaries(engine.store, secretNames);
  const services = createServices(contextOf(parts, options), options.location);
  const api = cloudTasksApi(services, rejectAfterStoreFailure({ outage, store: engine.store }, faults.wrapCall));
  const router = new Router(api, services);
  return createPort({
    guard: new AccessGuard(options),
    api,
    minter,
    url: () => options.issuer ?? url(),
    inspect: createInspect({
      ...parts,
      clock: options.clock,
      summaries,
      controls,
      info,
      token,
      services,
    }),
    dashboard: createDashboard(dashboardFolder(), token.value),
    rest: (request, response) => {
      learnSecretHeader(request.headers, engine, secretNames);
      return outage.failure ? rejectCall(request, response, outage.failure) : answerRest(router, request, response);
    },
  });
}

async function rejectCall(request: IncomingMessage, response: ServerResponse, failure: StoreError): Promise<void> {
  writeAnswer(response, errorAnswer(storeFailureError(failure)));
  closeIfUnread(request, response);
}

function contextOf({ engine, driver, events }: EmulatorParts, options: ResolvedOptions): ServiceContext {
  const ids = taskIds();
  return {
    engine,
    autoCreateQueues: options.autoCreateQueues,
    newTaskId: () => ids.next().value,
    nameTaken: (queue, id) => {
      events.emit("nameTaken", { task: taskName(queue, id), queue, at: engine.clock.now() });
    },
    queueNotFound: (queue, existing) => {
      events.emit("queueNotFound", { queue, existing, at: engine.clock.now() });
    },
    changed: () => driver.changed(),
    start: (attempt) => driver.start(attempt),
  };
}

/** Clients cannot call the address that listens on every interface, so it becomes the loopback address. */
function reachableHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
