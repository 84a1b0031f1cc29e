import { expect, test } from "vitest";
import {
  addQueue,
  addTask,
  answered,
  type EngineBench,
  engineBench,
  QUEUE,
  request,
  START,
} from "../../test/support/engine.ts";
import { createTask } from "./create-task.ts";
import { dispatchDue } from "./dispatch-due.ts";
import type { EngineQueue } from "./engine-state.ts";
import { type AttemptResult, finishAttempt } from "./finish-attempt.ts";
import { nextEventAt } from "./next-event.ts";
import { queueStats } from "./queue-stats.ts";
import type { TaskRequest } from "./records.ts";
import { type LoadSignal, Throttle } from "./throttle.ts";

/** Records one signal every `everyMs` and returns the factor after each. */
function factorsAfter(signals: readonly LoadSignal[], everyMs: number): number[] {
  const throttle = new Throttle();
  return signals.map((signal, index) => {
    throttle.record(signal, START + index * everyMs);
    return throttle.factor(START + index * everyMs);
  });
}

const repeated = (signal: LoadSignal, times: number): LoadSignal[] => Array.from({ length: times }, () => signal);

test("one overload per second halves the rate each time, down to 1/64", () => {
  const factors = factorsAfter(repeated("overloaded", 8), 1_000).map((factor) => 1 / factor);
  expect(factors).toEqual([2, 4, 8, 16, 32, 64, 64, 64]);
});

test("several overloads within one second halve the rate once", () => {
  expect(factorsAfter(repeated("overloaded", 100), 9).at(-1)).toBe(1 / 2);
});

test("failures slow a queue down only if more than half of the attempts fail", () => {
  const half = repeated("failed", 60).flatMap((signal): LoadSignal[] => [signal, "succeeded", "succeeded"]);
  expect(factorsAfter(half, 1_000).every((factor) => factor === 1)).toBe(true);
  const factors = factorsAfter(repeated("failed", 20), 1_000);
  expect(factors.indexOf(1 / 2)).toBe(13);
});

test("after the last overload the rate doubles every ten seconds, until it is back at its full value", () => {
  const throttle = new Throttle();
  for (const second of [0, 1, 2]) throttle.record("overloaded", START + second * 1_000);
  const at = (seconds: number): number[] => {
    const now = START + 2_000 + seconds * 1_000;
    return [1 / throttle.factor(now), throttle.nextStepAt(now) - START - 2_000];
  };
  expect([0, 9.999, 10, 20, 30, 3_600].map(at)).toEqual([
    [8, 10_000],
    [8, 10_000],
    [4, 20_000],
    [2, 30_000],
    [1, Number.POSITIVE_INFINITY],
    [1, Number.POSITIVE_INFINITY],
  ]);
});

test("setting the clock back does not prolong the recovery", () => {
  const throttle = new Throttle();
  throttle.record("overloaded", START);
  throttle.record("succeeded", START - 3_600_000);
  expect(throttle.factor(START - 3_600_000 + 10_000)).toBe(1);
});

/** Creates a queue of 100 dispatches per second with many due tasks, and ends the first attempt with `result`. */
function throttled(
  result: AttemptResult,
  of: TaskRequest = request,
  throttling = true,
): { bench: EngineBench; queue: EngineQueue } {
  const bench = engineBench({ throttling });
  const queue = addQueue(bench, { maxDispatchesPerSecond: 100, maxBurstSize: 10, maxConcurrentDispatches: 5_000 });
  const now = bench.clock.now();
  const task = { named: false, createdAt: now, scheduledAt: now, deadlineMs: 600_000, retry: undefined, request: of };
  for (let id = 0; id < 5_000; id += 1) createTask(bench.engine, queue, { ...task, id: `${id}` });
  const [first] = dispatchDue(bench.engine);
  if (first) finishAttempt(bench.engine, first, result);
  return { bench, queue };
}

const appEngine: TaskRequest = {
  kind: "appEngine",
  relativeUri: "/",
  method: "POST",
  headers: {},
  body: new Uint8Array(),
  routing: { service: "", version: "", instance: "" },
};

test.each([
  ["429", request, answered(429), 50],
  ["503", request, answered(503), 50],
  ["503 of App Engine", appEngine, answered(503), 50],
  ["429 of App Engine", appEngine, answered(429), 100],
  ["500", request, answered(500), 100],
  ["200", request, answered(200), 100],
  ["deadline that passed", request, { kind: "timed out" } as const, 100],
])("after a %s the effective rate is as expected", (_, of, result, rate) => {
  const { bench, queue } = throttled(result, of);
  expect(queueStats(bench.engine, queue).effectiveExecutionRate).toBe(rate);
});

test("without `throttling` an overload changes nothing", () => {
  const { bench, queue } = throttled(answered(503), request, false);
  expect(queueStats(bench.engine, queue).effectiveExecutionRate).toBe(100);
});

test("a slowed-down queue dispatches at its effective rate and speeds up without a new event", () => {
  const { bench } = throttled(answered(503));
  const perSecond = Array.from({ length: 12 }, () => {
    const until = bench.clock.now() + 1_000;
    let dispatched = 0;
    for (let next = nextEventAt(bench.engine); next <= until; next = nextEventAt(bench.engine)) {
      bench.clock.turnTo(next);
      dispatched += dispatchDue(bench.engine).length;
    }
    bench.clock.turnTo(until);
    return dispatched;
  });
  expect(perSecond.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 50));
  expect(perSecond.slice(10)).toEqual([100, 100]);
});

test("an overload of one queue does not slow other queues down", () => {
  const { bench } = throttled(answered(503));
  const other = addQueue(bench, {}, `${QUEUE}-other`);
  addTask(bench, other, "t");
  expect(queueStats(bench.engine, other).effectiveExecutionRate).toBe(500);
});
