/** Runs one phase of `main.ts` in a separate process, and prints its measurements as JSON. */
import { randomUUID } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { SystemClock } from "../../../packages/emulator/src/clock/system-clock.ts";
import { createQueue } from "../../../packages/emulator/src/engine/create-queue.ts";
import { createTask } from "../../../packages/emulator/src/engine/create-task.ts";
import { deleteQueue, purgeQueue } from "../../../packages/emulator/src/engine/delete-queue.ts";
import type { EngineQueue, EngineState } from "../../../packages/emulator/src/engine/engine-state.ts";
import { restoreEngine } from "../../../packages/emulator/src/engine/restore-engine.ts";
import { defaultQueueSettings } from "../../../packages/emulator/src/service/queues/queue-settings.ts";
import { openSqliteStore } from "../../../packages/emulator/src/store/sqlite-store.ts";

const QUEUE = "projects/bench/locations/l/queues/q";
const [phase = "", directory = "", tasks = "", concurrency = ""] = process.argv.slice(2);
const count = Number(tasks);
const clock = new SystemClock();

async function start(): Promise<EngineState> {
  const store = await openSqliteStore(directory);
  return restoreEngine({ clock, store, taskCooldownMs: 3_600_000, queueCooldownMs: 0, throttling: false });
}

function queueOf(engine: EngineState): EngineQueue {
  return engine.queues.get(QUEUE) ?? createQueue(engine, QUEUE, defaultQueueSettings);
}

/** Creates a task as the library does, with a body of about 250 bytes, due within a month. */
function create(engine: EngineState, queue: EngineQueue): void {
  const now = clock.now();
  const payload = { orderId: randomUUID(), text: "x".repeat(150) };
  createTask(engine, queue, {
    id: randomUUID(),
    named: true,
    createdAt: Math.floor(now / 1000) * 1000,
    scheduledAt: now + 2_592_000_000 * Math.random(),
    deadlineMs: 600_000,
    retry: undefined,
    request: {
      kind: "http",
      method: "POST",
      url: "http://127.0.0.1:8080/tasks/run",
      headers: {
        "Content-Type": "application/json",
        "CloudTask-Name": "process-order",
        "User-Agent": "Google-Cloud-Tasks",
      },
      body: new TextEncoder().encode(JSON.stringify({ task: "process-order", payload })),
      authorization: { kind: "oidc", serviceAccountEmail: "worker@bench.iam.gserviceaccount.com", audience: "" },
    },
  });
}

function memory(): number {
  for (let run = 0; run < 3; run += 1) globalThis.gc?.();
  return process.memoryUsage().rss;
}

/** Returns the elapsed time and the CPU time of this process, in milliseconds. */
function since(startedAt: number, cpu: NodeJS.CpuUsage): { readonly ms: number; readonly cpuMs: number } {
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - startedAt, cpuMs: (user + system) / 1000 };
}

/** Creates tasks in groups, waits for each group, and returns the cost per task up to each size. */
async function fill(): Promise<unknown> {
  const engine = await start();
  const queue = queueOf(engine);
  const before = memory();
  const costs: { size: number; us: number; cpuUs: number }[] = [];
  for (const size of [1_000, 10_000, 100_000, 1_000_000].filter((each) => each <= count)) {
    const missing = size - queue.tasks.size;
    const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
    for (let group = 0; group < missing / 100; group += 1) {
      for (let each = 0; each < 100; each += 1) create(engine, queue);
      await engine.store.flushed();
    }
    const { ms, cpuMs } = since(startedAt, cpu);
    costs.push({ size, us: (ms * 1000) / missing, cpuUs: (cpuMs * 1000) / missing });
  }
  const bytes = (memory() - before) / queue.tasks.size;
  await engine.store.close();
  return { costs, bytes };
}

async function restart(): Promise<unknown> {
  const before = memory();
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  const engine = await start();
  const elapsed = since(startedAt, cpu);
  const bytes = (memory() - before) / queueOf(engine).tasks.size;
  await engine.store.close();
  return { ...elapsed, bytes };
}

async function callers(): Promise<unknown> {
  const engine = await start();
  const queue = queueOf(engine);
  const durations: number[] = [];
  let remaining = count;
  async function caller(): Promise<void> {
    while (remaining > 0) {
      remaining -= 1;
      const calledAt = performance.now();
      create(engine, queue);
      await engine.store.flushed();
      durations.push(performance.now() - calledAt);
    }
  }
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: Number(concurrency) }, caller));
  const perSecond = (count * 1000) / (performance.now() - startedAt);
  await engine.store.close();
  durations.sort((a, b) => a - b);
  return { perSecond, p50: durations[Math.floor(count * 0.5)], p99: durations[Math.floor(count * 0.99)] };
}

async function remove(action: (engine: EngineState, queue: EngineQueue) => void): Promise<unknown> {
  const engine = await start();
  const startedAt = performance.now();
  action(engine, queueOf(engine));
  const callMs = performance.now() - startedAt;
  await engine.store.flushed();
  const flushedMs = performance.now() - startedAt;
  const stalls = monitorEventLoopDelay({ resolution: 1 });
  stalls.enable();
  await setTimeout(5_000);
  stalls.disable();
  await engine.store.close();
  return { callMs, flushedMs, stallMs: stalls.max / 1e6 };
}

const phases: Readonly<Record<string, () => Promise<unknown>>> = {
  fill,
  restart,
  callers,
  purge: () => remove(purgeQueue),
  deleteQueue: () => remove(deleteQueue),
};
console.log(JSON.stringify(await phases[phase]?.()));
