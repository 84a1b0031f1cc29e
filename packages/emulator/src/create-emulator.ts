import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";
import { durationMs, VERSION } from "cloudtask/internal";
import { advance } from "./dispatch/advance.ts";
import type { Driver } from "./dispatch/driver.ts";
import type { Emulator } from "./emulator.ts";
import { addQueues, type EmulatorParts, emulatorParts } from "./emulator-parts.ts";
import type { EngineState } from "./engine/engine-state.ts";
import { resetEngine } from "./engine/reset-engine.ts";
import { AccessGuard } from "./http/access-guard.ts";
import { errorAnswer } from "./http/answer.ts";
import { closeIfUnread, writeAnswer } from "./http/write-answer.ts";
import { createInspect } from "./inspect/create-inspect.ts";
import type { Controls, EmulatorInfo } from "./inspect/inspect-parts.ts";
import type { EmulatorOptions } from "./options/emulator-options.ts";
import { type ResolvedOptions, resolveOptions } from "./options/resolve-options.ts";
import { createPort, type Port } from "./port/port.ts";
import { rejectAfterStoreFailure, storeFailureError, unlessStoreFailed } from "./reject-after-store-failure.ts";
import { answerRest } from "./rest/answer-rest.ts";
import { Router } from "./rest/router.ts";
import { cloudTasksApi } from "./service/cloud-tasks-api.ts";
import type { ServiceContext } from "./service/service-context.ts";
import { createServices } from "./service/services.ts";
import { taskIds } from "./service/tasks/task-ids.ts";
import type { StoreError } from "./store/store-error.ts";

/**
 * Starts an emulator of Google Cloud Tasks in this process. It delivers over HTTP for real, and
 * keeps its state in memory, or on disk with the option `dataDir`.
 *
 * @param options - see `EmulatorOptions`; none is needed
 * @returns the emulator, listening; `close()` it, or declare it with `await using`
 * @throws TypeError for an option that is unknown or not what it has to be; an Error that says what to do where `dataDir` cannot
 *   be used; what the socket said where it cannot listen
 * @example
 * await using emulator = await createEmulator({ queues: ["default", { name: "slow", rate: 1, maxAttempts: 3 }] });
 * const client = new CloudTaskClient({ emulatorHost: emulator.host, project: emulator.project, … });
 * await sendWelcomeEmail({ userId: "123" }).push({ delay: "10m" });
 * await emulator.advance("10m"); // it is due, and delivered
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
  const host = `${reachable(resolved.host)}:${number}`;
  url = `http://${host}`;
  parts.driver.changed();
  // What was delivered now could not be kept: it would come again.
  void parts.outage.failed.then(() => parts.driver.close());
  return emulatorOf(parts, { options: resolved, controls, port, host, url });
}

/** Where an emulator listens, and what it was told. */
interface Place {
  readonly options: ResolvedOptions;
  readonly controls: Controls;
  readonly port: Port;
  readonly host: string;
  readonly url: string;
}

function emulatorOf(parts: EmulatorParts, { options, controls, port, host, url }: Place): Emulator {
  let closing: Promise<void> | undefined;
  const emulator: Emulator = {
    url,
    host,
    project: options.project,
    location: options.location,
    queues: options.queues.map(({ name }) => name),
    faults: parts.faults,
    // The calls in flight are answered first.
    failed: parts.outage.failed.then((failure) => setImmediate(failure)),
    on: (name, listener) => parts.events.on(name, listener),
    attempts: (filter = {}) => parts.history.list(filter),
    idle: () => unlessStoreFailed(parts.outage, () => parts.driver.idle()),
    advance: (by, advanceOptions = {}) => controls.advance(by, advanceOptions),
    reset: () => controls.reset(),
    close: () => {
      closing ??= closeParts(parts, port);
      return closing;
    },
    [Symbol.asyncDispose]: () => emulator.close(),
  };
  return emulator;
}

/** What can be done to an emulator, from inside as over HTTP. */
function controlsOf({ driver, engine, history, faults, outage }: EmulatorParts, options: ResolvedOptions): Controls {
  return {
    idle: (signal) => unlessStoreFailed(outage, () => driver.idle(signal)),
    advance: async (by, { patience = "5s" }) => {
      const byMs = durationMs(by, "emulator.advance");
      const patienceMs = durationMs(patience, "emulator.advance: patience");
      await unlessStoreFailed(outage, () => advance({ driver, clock: options.clock, byMs, patienceMs }));
    },
    reset: () =>
      unlessStoreFailed(outage, async () => {
        driver.abort();
        resetEngine(engine);
        history.clear();
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
  const { engine, driver, faults, minter, outage } = parts;
  const { options, url } = info;
  const services = createServices(contextOf(engine, driver, options), options.location);
  const api = cloudTasksApi(services, rejectAfterStoreFailure({ outage, store: engine.store }, faults.wrapCall));
  const router = new Router(api, services);
  return createPort({
    guard: new AccessGuard(options),
    api,
    minter,
    url: () => options.issuer ?? url(),
    inspect: createInspect({ ...parts, clock: options.clock, controls, info }),
    rest: async (request, response) => {
      if (outage.failure) refuse(request, response, outage.failure);
      else await answerRest(router, request, response);
    },
  });
}

function refuse(request: IncomingMessage, response: ServerResponse, failure: StoreError): void {
  writeAnswer(response, errorAnswer(storeFailureError(failure)));
  closeIfUnread(request, response);
}

function contextOf(engine: EngineState, driver: Driver, options: ResolvedOptions): ServiceContext {
  const ids = taskIds();
  return {
    engine,
    autoCreateQueues: options.autoCreateQueues,
    newTaskId: () => ids.next().value,
    changed: () => driver.changed(),
    start: (attempt) => driver.start(attempt),
  };
}

/** An address that listens for every interface is none that a client can call. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
