import { durationMs } from "cloudtask/internal";
import { AccessGuard } from "./access-guard.ts";
import { advance } from "./dispatch/advance.ts";
import { Driver } from "./dispatch/driver.ts";
import { HttpSender } from "./dispatch/http-sender.ts";
import type { Emulator } from "./emulator.ts";
import { createQueue } from "./engine/create-queue.ts";
import type { EngineState } from "./engine/engine-state.ts";
import { resetEngine } from "./engine/reset.ts";
import { restoreEngine } from "./engine/restore.ts";
import { EventHub } from "./events.ts";
import { TokenMinter } from "./oidc/token-minter.ts";
import { type EmulatorOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import type { Services } from "./rest/call.ts";
import { closeServer, createServer, listen } from "./server.ts";
import { LocationService } from "./service/location-service.ts";
import { QueueService } from "./service/queue-service.ts";
import type { ServiceContext } from "./service/service-context.ts";
import { taskIds } from "./service/task-ids.ts";
import { TaskService } from "./service/task-service.ts";
import { MemoryStore } from "./store/memory-store.ts";

/**
 * Starts an emulator of Google Cloud Tasks in this process. It keeps its state in memory and delivers over HTTP for real.
 *
 * @param options - see `EmulatorOptions`; none is needed
 * @returns the emulator, listening; `close()` it, or declare it with `await using`
 * @throws TypeError for an option that is unknown or not what it has to be; what the socket said where it cannot listen
 * @example
 * await using emulator = await createEmulator({ queues: ["default", { name: "slow", rate: 1, maxAttempts: 3 }] });
 * const client = new CloudTaskClient({ emulatorHost: emulator.host, project: emulator.project, … });
 * await sendWelcomeEmail({ userId: "123" }).push({ delay: "10m" });
 * await emulator.advance("10m"); // it is due, and delivered
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const resolved = resolveOptions(options);
  const { clock } = resolved;
  const engine = restoreEngine({ ...resolved, store: new MemoryStore() });
  addQueues(engine, resolved);

  let url = "";
  const events = new EventHub();
  const now = (): number => clock.now();
  const minter = new TokenMinter({ now, issuer: () => url });
  const sender = new HttpSender({ now, mint: (oidc, target) => minter.mint(oidc, target) });
  const driver = new Driver({
    engine,
    clock,
    events,
    send: (attempt, request, signal) => sender.send(attempt, request, signal),
  });
  const services = servicesOf(engine, driver, resolved);
  const server = createServer({ guard: new AccessGuard(resolved), services, minter, url: () => url });
  const port = await listen(server, resolved.host, resolved.port);
  const host = `${reachable(resolved.host)}:${port}`;
  url = `http://${host}`;

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    driver.close();
    sender.close();
    await closeServer(server);
    await engine.store.close();
  };
  const emulator: Emulator = {
    url,
    host,
    project: resolved.project,
    location: resolved.location,
    queues: resolved.queues.map(({ name }) => name),
    on: (name, listener) => events.on(name, listener),
    idle: () => driver.idle(),
    advance: async (by, { patience = "5s" } = {}) => {
      const byMs = durationMs(by, "emulator.advance");
      await advance({ driver, engine, clock, byMs, patienceMs: durationMs(patience, "emulator.advance: patience") });
    },
    reset: () => {
      driver.abort();
      resetEngine(engine);
      addQueues(engine, resolved);
      driver.changed();
      return engine.store.flushed();
    },
    close: () => {
      closing ??= close();
      return closing;
    },
    [Symbol.asyncDispose]: () => emulator.close(),
  };
  return emulator;
}

function servicesOf(engine: EngineState, driver: Driver, options: ResolvedOptions): Services {
  const ids = taskIds();
  const context: ServiceContext = {
    engine,
    autoCreateQueues: options.autoCreateQueues,
    newTaskId: () => ids.next().value,
    changed: () => driver.changed(),
    start: (attempt) => driver.start(attempt),
  };
  return {
    queues: new QueueService(context),
    tasks: new TaskService(context),
    locations: new LocationService(context, options.location),
  };
}

function addQueues(engine: EngineState, { queues }: ResolvedOptions): void {
  for (const { name, settings } of queues) createQueue(engine, name, settings);
}

/** An address that listens for every interface is none that a client can call. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
