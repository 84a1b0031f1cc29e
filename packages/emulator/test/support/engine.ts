import { ManualClock } from "../../src/clock/manual-clock.ts";
import { createQueue } from "../../src/engine/create-queue.ts";
import { createTask, type NewTask } from "../../src/engine/create-task.ts";
import type { EngineOptions, EngineQueue, EngineState, EngineTask } from "../../src/engine/engine-state.ts";
import type { AttemptResult } from "../../src/engine/finish-attempt.ts";
import type { HttpTaskRequest, QueueSettings } from "../../src/engine/records.ts";
import { restoreEngine } from "../../src/engine/restore-engine.ts";
import { defaultQueueSettings } from "../../src/service/queues/queue-settings.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";

export const START = Date.parse("2030-01-01T00:00:00Z");

export const QUEUE = "projects/p/locations/l/queues/q";

/** An engine with a manual clock and a memory store. */
export interface EngineBench {
  readonly clock: ManualClock;
  readonly store: MemoryStore;
  readonly engine: EngineState;
}

export function engineBench(options: Partial<Omit<EngineOptions, "clock" | "store">> = {}): EngineBench {
  const clock = new ManualClock(START);
  const store = new MemoryStore();
  const engine = restoreEngine({
    clock,
    store,
    taskCooldownMs: 3_600_000,
    queueCooldownMs: 0,
    throttling: false,
    ...options,
  });
  return { clock, store, engine };
}

export function addQueue({ engine }: EngineBench, settings: Partial<QueueSettings> = {}, name = QUEUE): EngineQueue {
  return createQueue(engine, name, { ...defaultQueueSettings, ...settings });
}

export const request: HttpTaskRequest = {
  kind: "http",
  url: "http://127.0.0.1:9/",
  method: "POST",
  headers: {},
  body: new Uint8Array(),
  authorization: undefined,
};

/** Creates a task that is due in `delayMs`. */
export function addTask(
  { engine, clock }: EngineBench,
  queue: EngineQueue,
  id: string,
  delayMs = 0,
  overrides: Partial<NewTask> = {},
): EngineTask {
  const now = clock.now();
  return createTask(engine, queue, {
    id,
    named: true,
    createdAt: now,
    scheduledAt: now + delayMs,
    deadlineMs: 600_000,
    retry: undefined,
    request,
    ...overrides,
  });
}

/** Returns the result of an attempt that the target answered. */
export function answered(status: number, notBefore?: number): AttemptResult {
  return { kind: "answered", status, notBefore };
}
