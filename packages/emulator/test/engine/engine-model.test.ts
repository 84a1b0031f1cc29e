import fc from "fast-check";
import { test } from "vitest";
import type { AttemptResult } from "../../src/engine/finish-attempt.ts";
import type { QueueSettings, RetrySettings } from "../../src/engine/records.ts";
import { defaultQueueSettings } from "../../src/service/queues/queue-settings.ts";
import type { ModelQueue, ModelTask } from "../support/engine-model.ts";
import { EnginePair } from "../support/engine-pair.ts";

const queueNames = ["a", "b"].map((id) => `projects/p/locations/l/queues/${id}`);
const names = Array.from({ length: 8 }, (_, index) => `named-${index}`);

/** Powers of two, so neither the engine nor the model has to round. */
const rates = [64, 256, 1024, 4096].map((msPerToken) => 1000 / msPerToken);

const retrySettings: fc.Arbitrary<RetrySettings> = fc.record({
  maxAttempts: fc.constantFrom(-1, 1, 2, 4),
  maxRetryDurationMs: fc.constantFrom(0, 0, 1_000, 5_000),
  minBackoffMs: fc.constantFrom(0, 100, 1_000),
  maxBackoffMs: fc.constantFrom(1_000, 6_000),
  maxDoublings: fc.constantFrom(0, 1, 3),
});

const queueSettings: fc.Arbitrary<QueueSettings> = fc
  .tuple(
    retrySettings,
    fc.record({
      maxDispatchesPerSecond: fc.constantFrom(...rates),
      maxBurstSize: fc.integer({ min: 1, max: 4 }),
      maxConcurrentDispatches: fc.integer({ min: 1, max: 4 }),
      taskTtlMs: fc.constantFrom(20_000, 60_000, 2_678_400_000),
      tombstoneTtlMs: fc.constantFrom(undefined, 0, 5_000),
    }),
  )
  .map(([retry, settings]) => ({ ...defaultQueueSettings, ...retry, ...settings }));

/** Minimum waits that a Retry-After header requests, in milliseconds from now. */
const waits = [undefined, undefined, 0, 3_000];

const results: readonly ((now: number, wait: number | undefined) => AttemptResult)[] = [
  ...[200, 204, 404, 429, 500, 503].map((status) => (now: number, wait: number | undefined): AttemptResult => {
    return { kind: "answered", status, notBefore: wait === undefined ? undefined : now + wait };
  }),
  () => ({ kind: "timed out" }),
  () => ({ kind: "unreachable", reason: "ECONNREFUSED" }),
];

const step = fc.record({
  kind: fc.constantFrom(
    ...(["create", "create", "create", "finish", "finish", "finish", "pass", "pass", "pass"] as const),
    ...(["createQueue", "run", "run", "delete", "configure", "pause", "resume"] as const),
    ...(["purge", "deleteQueue", "restart"] as const),
  ),
  pick: fc.nat(1_000),
  ms: fc.oneof(fc.nat(500), fc.nat(20_000)),
  settings: queueSettings,
  retry: fc.option(retrySettings, { nil: undefined, freq: 3 }),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function pickOne<T>(items: readonly T[], pick: number): T[] {
  return items.slice(pick % Math.max(1, items.length)).slice(0, 1);
}

function queuesOf({ model }: EnginePair, { pick }: Step): ModelQueue[] {
  return pickOne(model.queues, pick);
}

function tasksOf({ model }: EnginePair, { pick }: Step): ModelTask[] {
  return pickOne(
    model.queues.flatMap(({ tasks }) => tasks),
    pick,
  );
}

let generated = 0;

const steps: Readonly<Record<Step["kind"], (pair: EnginePair, step: Step) => void>> = {
  createQueue: (pair, { pick, settings }) => {
    const free = queueNames.filter((name) => pair.model.queueNameState(name) === "free");
    for (const name of pickOne(free, pick)) pair.createQueue(name, settings);
  },
  deleteQueue: (pair, step) => {
    for (const queue of queuesOf(pair, step)) pair.deleteQueue(queue);
  },
  purge: (pair, step) => {
    for (const queue of queuesOf(pair, step)) pair.purge(queue);
  },
  pause: (pair, step) => {
    for (const queue of queuesOf(pair, step)) pair.setState(queue, "PAUSED");
  },
  resume: (pair, step) => {
    for (const queue of queuesOf(pair, step)) pair.setState(queue, "RUNNING");
  },
  configure: (pair, step) => {
    for (const queue of queuesOf(pair, step)) pair.configure(queue, step.settings);
  },
  create: (pair, step) => {
    generated += 1;
    for (const queue of queuesOf(pair, step)) {
      const free = names.filter((name) => pair.model.taskIdState(queue, name) === "free");
      const [named] = pickOne([undefined, ...free], step.pick);
      const task = { id: named ?? `${generated}`, named: named !== undefined, retry: step.retry };
      pair.createTask(queue, { ...task, delayMs: step.pick % 3 === 0 ? step.ms : 0, deadlineMs: 15_000 });
    }
  },
  delete: (pair, step) => {
    for (const task of tasksOf(pair, step)) pair.deleteTask(task);
  },
  run: (pair, step) => {
    for (const task of tasksOf(pair, step)) pair.runTask(task);
  },
  finish: (pair, { pick, ms }) => {
    const [result] = pickOne(results, ms);
    const [wait] = pickOne(waits, pick);
    if (result) pair.finish(pick, result(pair.model.now, wait));
  },
  pass: (pair, { ms }) => pair.pass(ms),
  restart: (pair) => pair.restart(),
};

test("after any sequence of calls and events, the engine and a plain model of the rules have the same state", () => {
  const property = fc.property(fc.array(step, { minLength: 60, maxLength: 120 }), (list) => {
    const pair = new EnginePair();
    for (const name of queueNames)
      pair.createQueue(name, { ...defaultQueueSettings, maxDispatchesPerSecond: 1000 / 64 });
    for (const one of list) {
      steps[one.kind](pair, one);
      pair.settle();
      pair.compareNames(queueNames, names);
    }
  });
  fc.assert(property, { numRuns: 80 });
}, 30_000);
