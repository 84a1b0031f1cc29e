import http from "node:http";
import type { AddressInfo } from "node:net";
import { SystemClock } from "../../src/clock/system-clock.ts";
import { EventHub } from "../../src/event-hub.ts";
import { FaultInjector } from "../../src/faults/fault-injector.ts";
import { AttemptHistory } from "../../src/history/attempt-history.ts";
import { SecretNames } from "../../src/history/masking/secret-names.ts";
import { Stats } from "../../src/history/stats/stats.ts";
import { ControlToken } from "../../src/http/control-token.ts";
import { createInspect } from "../../src/inspect/create-inspect.ts";
import type { InspectParts } from "../../src/inspect/inspect-parts.ts";
import { ReplacedTasks } from "../../src/inspect/replaced-tasks.ts";
import { TaskSummaries } from "../../src/inspect/tasks/task-summaries.ts";
import { resolveOptions } from "../../src/options/resolve-options.ts";
import { createServices } from "../../src/service/services.ts";
import { engineBench } from "./engine.ts";

/** A server for `/inspect/` and `/control/` whose parts a test can change. */
export interface InspectServer extends AsyncDisposable {
  readonly url: string;
  readonly parts: InspectParts;
  connections(): Promise<number>;
}

/** The options of `inspectServer()`. */
export interface InspectServerOptions extends Partial<InspectParts> {
  readonly keepEventsMs?: number;
}

/** Starts a server for `/inspect/` without an emulator: with an engine, but without deliveries. */
export async function inspectServer({
  keepEventsMs = 0,
  ...overrides
}: InspectServerOptions = {}): Promise<InspectServer> {
  const parts = inspectParts(overrides);
  const inspect = createInspect(parts, keepEventsMs);
  const server = http.createServer((request, response) => void inspect(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    parts,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function inspectParts(overrides: Partial<InspectParts>): InspectParts {
  const { engine } = overrides.engine ? { engine: overrides.engine } : engineBench();
  const clock = engine.clock;
  const events = overrides.events ?? new EventHub();
  const secretNames = overrides.secretNames ?? new SecretNames();
  const options = resolveOptions({});
  const history = overrides.history ?? new AttemptHistory(options.history);
  const doNothing = (): void => undefined;
  const resolved = async (): Promise<void> => undefined;
  const context = {
    engine,
    autoCreateQueues: false,
    newTaskId: () => String(Math.random()).slice(2),
    nameTaken: doNothing,
    queueNotFound: doNothing,
    changed: doNothing,
    start: doNothing,
  };
  return {
    engine,
    clock,
    events,
    history,
    stats: new Stats(),
    secretNames,
    summaries: new TaskSummaries(engine.store, secretNames),
    driver: { running: () => [] },
    replaced: new ReplacedTasks(history),
    faults: new FaultInjector({ clock: new SystemClock(), events }),
    controls: { reset: resolved, idle: resolved, advance: resolved, turnBack: resolved },
    info: { version: "0.0.0", url: () => "", options },
    token: new ControlToken(),
    services: createServices(context, "l"),
    ...overrides,
  };
}
