import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { type FaultProxy, type Play, pass, startFaultProxy } from "./support/fault-proxy.ts";
import {
  answeredAfter,
  half,
  halfChunked,
  halfHead,
  halfUnframed,
  late,
  nonsense,
  rejectedWith,
  resetAfter,
  resetBefore,
  silence,
  silenceAfter,
} from "./support/plays.ts";
import { proxiedClient } from "./support/proxied-client.ts";
import { senders, storedTasks } from "./support/push-scene.ts";
import { seeded } from "./support/seeded.ts";

const TASKS = 10_000;
const SEED = 11;
/** Longer than the emulator takes for a batch on a busy machine. */
const TIMEOUT_MS = 3_000;

const faults: readonly Play[] = [
  resetBefore,
  resetAfter,
  half,
  halfChunked,
  halfHead,
  halfUnframed,
  nonsense,
  rejectedWith(429, { headers: { "retry-after": "0" } }),
  rejectedWith(500),
  rejectedWith(502, { body: "<html></html>" }),
  rejectedWith(503),
  answeredAfter({ status: 503 }),
  answeredAfter({ status: 504, body: "" }),
  answeredAfter({ body: '{"name":' }),
  answeredAfter({ body: "{}" }),
  rejectedWith(200, { body: "<html></html>" }),
  silence,
  silenceAfter,
  late,
];

/** Refuses connections for a moment. Calls in progress are reset, some of them after the API has acted. */
async function restart(proxy: FaultProxy): Promise<void> {
  await proxy.stop();
  await proxy.start();
}

test.each(senders)(
  "$sender: with a fault in one of five batches, each of 10,000 tasks exists exactly once, also without a name",
  async (over) => {
    await using emulator = await createEmulator({ queues: { default: { paused: true } } });
    await using proxy = await startFaultProxy(emulator.host);
    const choose = seeded(SEED);
    // Every fault occurs, the rest is random.
    const first = [...faults];
    proxy.plan = (number) => {
      if (number === 33) return () => restart(proxy);
      return number % 5 === 0 ? (first.pop() ?? choose(faults) ?? pass) : pass;
    };
    await using client = proxiedClient(over.create(), proxy, TIMEOUT_MS);
    const unnamed = client.task("unnamed", (_: number) => undefined);
    const idempotent = client.task("idempotent", { idempotent: true, run: (_: number) => undefined });
    const named = client.task("named", { dedupe: true, run: (_: number) => undefined });
    const kinds = [unnamed, unnamed, idempotent, named];
    const tasks = Array.from({ length: TASKS }, (_, index) => (kinds[index % kinds.length] ?? unnamed)(index));
    const begin = performance.now();
    const results = await client.pushMany(tasks);
    await proxy.settled();
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    const stored = await storedTasks(emulator);
    process.stdout.write(
      `${over.sender}, seed ${SEED}: ${TASKS} tasks in ${seconds} s, ${proxy.calls.length} calls, every fifth with a fault: ` +
        `${stored.length} tasks, ${new Set(stored.map(({ payload }) => payload)).size} different ones\n`,
    );
    expect(results.map(({ task }) => task.payload)).toEqual(tasks.map(({ payload }) => payload));
    expect(results.filter(({ result }) => result.deduplicated)).toEqual([]);
    expect(stored.map(({ payload }) => payload as number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: TASKS }, (_, index) => index),
    );
    const names = new Map(stored.map(({ name, payload }) => [payload, name]));
    expect(results.filter(({ task, result }) => names.get(task.payload) !== result.name)).toEqual([]);
  },
  240_000,
);
