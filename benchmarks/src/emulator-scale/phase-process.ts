/** One phase of `main.ts` in a process of its own: prints what it measured as JSON. */
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

/** A task as the library makes them, with a body of about 250 bytes, due in a month. */
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
  for (let times = 0; times < 3; times += 1) globalThis.gc?.();
  return process.memoryUsage().rss;
}

/** Milliseconds, by the clock and of this process's CPUs, since a moment. */
function since(began: number, cpu: NodeJS.CpuUsage): { readonly ms: number; readonly cpuMs: number } {
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - began, cpuMs: (user + system) / 1000 };
}

/** Creates tasks in groups that are waited for, and tells what one cost on the way to each size. */
async function fill(): Promise<unknown> {
  const engine = await start();
  const queue = queueOf(engine);
  const before = memory();
  const costs: { size: number; us: number; cpuUs: number }[] = [];
  for (const size of [1_000, 10_000, 100_000, 1_000_000].filter((each) => each <= count)) {
    const missing = size - queue.tasks.size;
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    for (let group = 0; group < missing / 100; group += 1) {
      for (let each = 0; each < 100; each += 1) create(engine, queue);
      await engine.store.flushed();
    }
    const { ms, cpuMs } = since(began, cpu);
    costs.push({ size, us: (ms * 1000) / missing, cpuUs: (cpuMs * 1000) / missing });
  }
  const bytes = (memory() - before) / queue.tasks.size;
  await engine.store.close();
  return { costs, bytes };
}

async function restart(): Promise<unknown> {
  const before = memory();
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const engine = await start();
  const took = since(began, cpu);
  const bytes = (memory() - before) / queueOf(engine).tasks.size;
  await engine.store.close();
  return { ...took, bytes };
}

async function callers(): Promise<unknown> {
  const engine = await start();
  const queue = queueOf(engine);
  const took: number[] = [];
  let left = count;
  async function caller(): Promise<void> {
    while (left > 0) {
      left -= 1;
      const called = performance.now();
      create(engine, queue);
      await engine.store.flushed();
      took.push(performance.now() - called);
    }
  }
  const began = performance.now();
  await Promise.all(Array.from({ length: Number(concurrency) }, caller));
  const perSecond = (count * 1000) / (performance.now() - began);
  await engine.store.close();
  took.sort((a, b) => a - b);
  return { perSecond, p50: took[Math.floor(count * 0.5)], p99: took[Math.floor(count * 0.99)] };
}

async function remove(act: (engine: EngineState, queue: EngineQueue) => void): Promise<unknown> {
  const engine = await start();
  const began = performance.now();
  act(engine, queueOf(engine));
  const callMs = performance.now() - began;
  await engine.store.flushed();
  const safeMs = performance.now() - began;
  const stalls = monitorEventLoopDelay({ resolution: 1 });
  stalls.enable();
  await setTimeout(5_000);
  stalls.disable();
  await engine.store.close();
  return { callMs, safeMs, stallMs: stalls.max / 1e6 };
}

const phases: Readonly<Record<string, () => Promise<unknown>>> = {
  fill,
  restart,
  callers,
  purge: () => remove(purgeQueue),
  deleteQueue: () => remove(deleteQueue),
};
console.log(JSON.stringify(await phases[phase]?.()));
