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
import { queueStats } from "./queue-stats.ts";
import type { TaskRequest } from "./records.ts";
import { type Sign, Throttle } from "./throttle.ts";
import { nextEventAt } from "./wake.ts";

/** The factors after signs that come every so many milliseconds. */
function factorsAfter(signs: readonly Sign[], everyMs: number): number[] {
  const throttle = new Throttle();
  return signs.map((sign, index) => {
    throttle.note(sign, START + index * everyMs);
    return throttle.factor(START + index * everyMs);
  });
}

const repeated = (sign: Sign, times: number): Sign[] => Array.from({ length: times }, () => sign);

test("each second with an overload halves the rate, down to a 64th and no further", () => {
  const factors = factorsAfter(repeated("overloaded", 8), 1_000).map((factor) => 1 / factor);
  expect(factors).toEqual([2, 4, 8, 16, 32, 64, 64, 64]);
});

test("overloads within a second are one", () => {
  expect(factorsAfter(repeated("overloaded", 100), 9).at(-1)).toBe(1 / 2);
});

test("a failure now and then changes nothing, most of them failing does", () => {
  const half = repeated("failed", 60).flatMap((sign): Sign[] => [sign, "succeeded", "succeeded"]);
  expect(factorsAfter(half, 1_000).every((factor) => factor === 1)).toBe(true);
  const factors = factorsAfter(repeated("failed", 20), 1_000);
  expect(factors.indexOf(1 / 2)).toBe(13);
});

test("after the last overload the rate doubles every ten seconds, until it is whole again", () => {
  const throttle = new Throttle();
  for (const second of [0, 1, 2]) throttle.note("overloaded", START + second * 1_000);
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

test("a clock that is set back does not slow a queue down for as long", () => {
  const throttle = new Throttle();
  throttle.note("overloaded", START);
  throttle.note("succeeded", START - 3_600_000);
  expect(throttle.factor(START - 3_600_000 + 10_000)).toBe(1);
});

/** A queue of 100 dispatches per second with tasks in plenty, one of which ended as told. */
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
])("after a %s the effective rate shows it", (_, of, result, rate) => {
  const { bench, queue } = throttled(result, of);
  expect(queueStats(bench.engine, queue).effectiveExecutionRate).toBe(rate);
});

test("it is off unless it is asked for", () => {
  const { bench, queue } = throttled(answered(503), request, false);
  expect(queueStats(bench.engine, queue).effectiveExecutionRate).toBe(100);
});

test("a queue that is slowed down dispatches at its effective rate, and speeds up by itself", () => {
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

test("queues do not slow each other down", () => {
  const { bench } = throttled(answered(503));
  const other = addQueue(bench, {}, `${QUEUE}-other`);
  addTask(bench, other, "t");
  expect(queueStats(bench.engine, other).effectiveExecutionRate).toBe(500);
});
