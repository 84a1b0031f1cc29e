import { restoreClockOffset } from "./clock/clock-offset.ts";
import { Driver } from "./dispatch/driver.ts";
import { HttpSender } from "./dispatch/http-sender.ts";
import { trustedAuthorities } from "./dispatch/trusted-authorities.ts";
import { setQueueState } from "./engine/change-queue.ts";
import { createQueue } from "./engine/create-queue.ts";
import type { EngineState } from "./engine/engine-state.ts";
import type { TaskRecord } from "./engine/records.ts";
import { restoreEngine } from "./engine/restore-engine.ts";
import { EventHub } from "./event-hub.ts";
import { FaultInjector } from "./faults/fault-injector.ts";
import type { History } from "./history/history.ts";
import { SecretNames } from "./history/masking/secret-names.ts";
import { openHistory } from "./history/open-history.ts";
import { restoreSecretNames } from "./history/secret-headers.ts";
import { Stats } from "./history/stats/stats.ts";
import { watchStore } from "./history/watch-store.ts";
import { ReplacedTasks } from "./inspect/replaced-tasks.ts";
import { TokenMinter } from "./oidc/token-minter.ts";
import type { ResolvedOptions } from "./options/resolve-options.ts";
import { MemoryStore } from "./store/memory-store.ts";
import { Outage } from "./store/outage.ts";
import type { Store } from "./store/store.ts";

/** The parts of an emulator that exist before it listens. */
export interface EmulatorParts {
  readonly events: EventHub;
  readonly engine: EngineState;
  readonly history: History;
  readonly stats: Stats;
  readonly replaced: ReplacedTasks;
  /** The names that mark a secret in the history. */
  readonly secretNames: SecretNames;
  readonly faults: FaultInjector;
  readonly minter: TokenMinter;
  readonly sender: HttpSender;
  readonly driver: Driver;
  /** The failure of the store, if it has failed. */
  readonly outage: Outage;
}

/**
 * Creates the parts of an emulator and restores its state from the data directory, if there is one.
 *
 * @param issuer - returns the issuer of OIDC tokens; called after the emulator listens
 * @throws StoreError if the data directory cannot be used
 */
export async function emulatorParts(options: ResolvedOptions, issuer: () => string): Promise<EmulatorParts> {
  const { clock } = options;
  const events = new EventHub();
  const outage = new Outage();
  const store = await openStore(options, outage);
  let history: History | undefined;
  try {
    const secretNames = new SecretNames(options.secretNames);
    history = await openHistory(options, secretNames);
    const stats = new Stats();
    const { finishedTasks } = history;
    const replaced = new ReplacedTasks(history);
    const letterRemoved = (letter: TaskRecord): void => replaced.addOriginal(letter, store.requestOf(letter));
    const watched = watchStore(store, { events, clock, stats, finishedTasks, letterRemoved });
    const engine = restoreEngine({ ...options, store: watched });
    reconcile(engine, history);
    restoreClockOffset(engine, clock);
    restoreSecretNames(engine, secretNames);
    addQueues(engine, options);
    const faults = new FaultInjector({ clock, events });
    const minter = new TokenMinter({ now: () => clock.now(), issuer, engine });
    const sender = new HttpSender({
      ...options,
      secureContext: options.targetCa === undefined ? undefined : await trustedAuthorities(options.targetCa),
      now: () => clock.now(),
      mint: (authorization, target) => minter.mint(authorization, target),
    });
    const send = faults.send((attempt, request, observer) => sender.send(attempt, request, observer));
    const { bodyBytes } = options.history;
    const driver = new Driver({ engine, clock, events, history, stats, bodyBytes, secretNames, send });
    return { events, engine, history, stats, replaced, secretNames, faults, minter, sender, driver, outage };
  } catch (error) {
    await Promise.allSettled([history?.close(), store.close()]);
    throw error;
  }
}

/**
 * Connects engine and history: the history needs to know which of its tasks still exist, and no new task may get the sequence
 * of a task that is in the history.
 */
function reconcile(engine: EngineState, { finishedTasks, lastSequence }: History): void {
  engine.lastSequence = Math.max(engine.lastSequence, lastSequence);
  finishedTasks.connect(({ task, queue, sequence }) => {
    const id = task.slice(queue.length + "/tasks/".length);
    return engine.queues.get(queue)?.tasks.get(id)?.record.sequence === sequence;
  });
}

/** Creates the queues of the options unless they exist. */
export function addQueues(engine: EngineState, { queues }: ResolvedOptions): void {
  for (const { name, settings, state } of queues) {
    if (!engine.queues.has(name)) setQueueState(engine, createQueue(engine, name, settings), state);
  }
}

async function openStore({ dataDir }: ResolvedOptions, outage: Outage): Promise<Store> {
  if (dataDir === undefined) return new MemoryStore();
  // Loaded late: emulators without a data directory need no SQLite.
  const { openSqliteStore } = await import("./store/sqlite-store.ts");
  return openSqliteStore(dataDir, (failure) => outage.report(failure));
}
