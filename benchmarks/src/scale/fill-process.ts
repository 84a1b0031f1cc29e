/**
 * Fills a store on disk with waiting tasks, and compares the cost of creates there with the cost beside a few waiting tasks:
 * `node --expose-gc fill-process.js <directory> <few> <many> <rounds>`. Prints `FillMeasurement` as JSON.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { SystemClock } from "../../../packages/emulator/src/clock/system-clock.ts";
import { createQueue } from "../../../packages/emulator/src/engine/create-queue.ts";
import { createTask } from "../../../packages/emulator/src/engine/create-task.ts";
import { deleteTask } from "../../../packages/emulator/src/engine/delete-task.ts";
import type { EngineQueue, EngineState, EngineTask } from "../../../packages/emulator/src/engine/engine-state.ts";
import { restoreEngine } from "../../../packages/emulator/src/engine/restore-engine.ts";
import { defaultQueueSettings } from "../../../packages/emulator/src/service/queues/queue-settings.ts";
import { openSqliteStore } from "../../../packages/emulator/src/store/sqlite-store.ts";

/** The measurements of the process. */
export interface FillMeasurement {
  /** CPU time per create, in microseconds, one value per round. */
  readonly fewUs: readonly number[];
  readonly manyUs: readonly number[];
  /** Resident memory per waiting task, in bytes. */
  readonly bytes: number;
}

const QUEUE = "projects/bench/locations/us-central1/queues/full";
/** A create waits until the task is on disk. Tasks that arrive together share a write. */
const GROUP = 100;
const CREATES_PER_ROUND = 4_000;
const [directory = "", few = "", many = "", rounds = ""] = process.argv.slice(2);
const clock = new SystemClock();

interface Filled {
  readonly engine: EngineState;
  readonly queue: EngineQueue;
}

async function open(name: string): Promise<Filled> {
  const store = await openSqliteStore(join(directory, name));
  const engine = await restoreEngine({
    clock,
    store,
    taskCooldownMs: 3_600_000,
    queueCooldownMs: 0,
    throttling: false,
  });
  return { engine, queue: createQueue(engine, QUEUE, defaultQueueSettings) };
}

/** Creates a named task as the library does, with a body of about 250 bytes, due within a month, but not soon. */
function create({ engine, queue }: Filled): EngineTask {
  const now = clock.now();
  const payload = { orderId: randomUUID(), text: "x".repeat(150) };
  return createTask(engine, queue, {
    id: randomUUID(),
    named: true,
    createdAt: Math.floor(now / 1000) * 1000,
    scheduledAt: now + 86_400_000 + 2_500_000_000 * Math.random(),
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

async function fill(filled: Filled, count: number): Promise<EngineTask[]> {
  const created: EngineTask[] = [];
  while (created.length < count) {
    for (let each = 0; each < GROUP; each += 1) created.push(create(filled));
    await filled.engine.store.flushed();
  }
  return created;
}

/** Returns the CPU time per create, and deletes the created tasks afterwards, so the number of waiting tasks stays. */
async function measureCreates(filled: Filled): Promise<number> {
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const created = await fill(filled, CREATES_PER_ROUND);
  const { user, system } = process.cpuUsage(cpu);
  for (const task of created) deleteTask(filled.engine, task);
  await filled.engine.store.flushed();
  return (user + system) / CREATES_PER_ROUND;
}

function memory(): number {
  for (let run = 0; run < 3; run += 1) globalThis.gc?.();
  return process.memoryUsage.rss();
}

const [small, large] = [await open("few"), await open("many")];
await fill(small, Number(few));
const before = memory();
await fill(large, Number(many));
const bytes = (memory() - before) / Number(many);
const [fewUs, manyUs]: [number[], number[]] = [[], []];
await measureCreates(small);
await measureCreates(large);
for (let round = 0; round < Number(rounds); round += 1) {
  fewUs.push(await measureCreates(small));
  manyUs.push(await measureCreates(large));
}
for (const { engine } of [small, large]) await engine.store.close();
const measurement: FillMeasurement = { fewUs, manyUs, bytes };
console.log(JSON.stringify(measurement));
