import { expect, test } from "vitest";
import { addQueue, addTask, answered, type EngineBench, engineBench, START } from "../../test/support/engine.ts";
import { dispatchDue } from "./dispatch-due.ts";
import { type AttemptResult, expireAttempts, finishAttempt } from "./finish-attempt.ts";
import { nextEventAt } from "./next-event.ts";
import type { QueueSettings } from "./records.ts";
import { runTask } from "./start-attempt.ts";

const YEAR_MS = 365 * 86_400_000;

/** Runs one task whose attempts end with `results`. Returns the wait after each attempt, in milliseconds. */
function waitsOf(bench: EngineBench, settings: Partial<QueueSettings>, results: readonly AttemptResult[]): number[] {
  const { engine, clock } = bench;
  addTask(bench, addQueue(bench, settings), "t");
  return results.flatMap((result) => {
    const attempts = dispatchDue(engine);
    for (const attempt of attempts) finishAttempt(engine, attempt, result);
    const wait = nextEventAt(engine) - clock.now();
    clock.turnTo(clock.now() + Math.min(wait, YEAR_MS));
    return attempts.map(() => wait);
  });
}

const failing = (attempts: number): AttemptResult[] => Array.from({ length: attempts }, () => answered(500));

test("the backoff follows the example in RetryConfig.max_doublings: 10, 20, 40, 80, 160, 240, 300, 300 seconds", () => {
  const settings = { minBackoffMs: 10_000, maxBackoffMs: 300_000, maxDoublings: 3, maxAttempts: -1 };
  const seconds = waitsOf(engineBench(), settings, failing(8)).map((ms) => ms / 1000);
  expect(seconds).toEqual([10, 20, 40, 80, 160, 240, 300, 300]);
});

test("after max_doublings the backoff grows by a constant step", () => {
  const settings = { minBackoffMs: 100, maxBackoffMs: 3_600_000, maxDoublings: 2 };
  expect(waitsOf(engineBench(), settings, failing(6))).toEqual([100, 200, 400, 800, 1_200, 1_600]);
});

test.each([
  [1, 1],
  [3, 3],
  [10, 10],
])("with max_attempts %s a task is attempted %s times", (maxAttempts, expected) => {
  const bench = engineBench();
  const waits = waitsOf(bench, { maxAttempts }, failing(20));
  expect(waits).toHaveLength(expected);
  expect(waits.at(-1)).toBe(Number.POSITIVE_INFINITY);
});

test("with max_attempts -1 the number of attempts is unlimited", () => {
  const bench = engineBench();
  expect(waitsOf(bench, { maxAttempts: -1, maxBackoffMs: 1_000 }, failing(500))).toHaveLength(500);
});

test("an exhausted task is deleted, and its name stays taken", () => {
  const bench = engineBench();
  waitsOf(bench, { maxAttempts: 2 }, failing(2));
  const queue = bench.engine.queues.values().next().value;
  expect(queue?.tasks.size).toBe(0);
  expect(queue?.namedTombstones.isTaken("t", START)).toBe(true);
});

test("a task is exhausted only when max_attempts and max_retry_duration are both reached", () => {
  const settings = { maxAttempts: 2, maxRetryDurationMs: 1_000, minBackoffMs: 300, maxBackoffMs: 300 };
  // Attempts at 0, 300, 600, 900 and 1200 ms: max_attempts is reached by the second, max_retry_duration by the fifth.
  expect(waitsOf(engineBench(), settings, failing(9))).toEqual([300, 300, 300, 300, Number.POSITIVE_INFINITY]);
});

test("with max_attempts -1, retries stop when max_retry_duration has passed: attempts at 0, 2 and 4 s for 3 s", () => {
  const settings = { maxAttempts: -1, maxRetryDurationMs: 3_000, minBackoffMs: 2_000, maxBackoffMs: 2_000 };
  expect(waitsOf(engineBench(), settings, failing(9))).toEqual([2_000, 2_000, Number.POSITIVE_INFINITY]);
});

test("the backoff with 1 s, at most 7 s and one doubling is as recorded: 1, 2, 4, 6, 7 seconds", () => {
  const settings = { minBackoffMs: 1_000, maxBackoffMs: 7_000, maxDoublings: 1 };
  expect(waitsOf(engineBench(), settings, failing(5))).toEqual([1_000, 2_000, 4_000, 6_000, 7_000]);
});

test("a task is not exhausted after max_retry_duration while it has attempts left", () => {
  const settings = { maxAttempts: 5, maxRetryDurationMs: 1_000, minBackoffMs: 2_000, maxBackoffMs: 2_000 };
  expect(waitsOf(engineBench(), settings, failing(9))).toHaveLength(5);
});

test("Retry-After is a minimum wait: the longer of Retry-After and backoff applies", () => {
  const settings = { minBackoffMs: 10_000, maxBackoffMs: 10_000 };
  const results = [answered(503, START + 60_000), answered(503, START + 61_000), answered(503, START)];
  expect(waitsOf(engineBench(), settings, results)).toEqual([60_000, 10_000, 10_000]);
});

test("the backoff counts from the failure, not from the schedule time", () => {
  const bench = engineBench();
  const queue = addQueue(bench, { minBackoffMs: 5_000 });
  const task = addTask(bench, queue, "t");
  const [attempt] = dispatchDue(bench.engine);
  bench.clock.advance("40s");
  expect(attempt && finishAttempt(bench.engine, attempt, answered(500))).toBe("retrying");
  expect(task.record.scheduledAt).toBe(START + 45_000);
});

test("an attempt whose deadline passes fails without a response, and its late answer is ignored", () => {
  const bench = engineBench();
  const task = addTask(bench, addQueue(bench), "t");
  const [attempt] = dispatchDue(bench.engine);
  bench.clock.advance("599999ms");
  expect(expireAttempts(bench.engine)).toEqual([]);
  bench.clock.advance(1);
  expect(expireAttempts(bench.engine).map(({ outcome }) => outcome)).toEqual(["retrying"]);
  expect(attempt && finishAttempt(bench.engine, attempt, answered(200))).toBe("ignored");
  expect(task.record).toMatchObject({ dispatchCount: 1, responseCount: 0, failureCount: 1 });
  expect(task.record.lastAttempt).toMatchObject({ status: 504, finishedAt: START + 600_000 });
});

test("an attempt whose target cannot be reached fails without a response", () => {
  const bench = engineBench();
  const task = addTask(bench, addQueue(bench), "t");
  for (const attempt of dispatchDue(bench.engine)) {
    finishAttempt(bench.engine, attempt, { kind: "unreachable", reason: "ECONNREFUSED" });
  }
  expect(task.record).toMatchObject({ dispatchCount: 1, responseCount: 0, executionCount: 0, failureCount: 1 });
  expect(task.record.lastAttempt).toMatchObject({ status: undefined, finishedAt: START });
});

test("the backoff after a failed RunTask counts from the call", () => {
  const bench = engineBench();
  const task = addTask(bench, addQueue(bench, { minBackoffMs: 30_000 }), "t", 3_600_000);
  const attempt = runTask(bench.engine, task);
  bench.clock.advance("10s");
  finishAttempt(bench.engine, attempt, answered(500));
  expect(task.record.scheduledAt).toBe(START + 30_000);
});

test("if RunTask starts a second attempt, a task waits again only after both failed, and one success removes it", () => {
  const bench = engineBench();
  const queue = addQueue(bench);
  const task = addTask(bench, queue, "t");
  const [first] = dispatchDue(bench.engine);
  const second = runTask(bench.engine, task);
  expect(first && finishAttempt(bench.engine, first, answered(500))).toBe("retrying");
  bench.clock.advance("1h");
  expect(dispatchDue(bench.engine)).toEqual([]);
  expect(finishAttempt(bench.engine, second, answered(200))).toBe("succeeded");
  expect(queue.tasks.size).toBe(0);
});

test("if RunTask starts a second attempt and both fail, the task is scheduled once", () => {
  const bench = engineBench();
  const queue = addQueue(bench, { minBackoffMs: 1_000, maxBackoffMs: 1_000 });
  const task = addTask(bench, queue, "t");
  const [first] = dispatchDue(bench.engine);
  const second = runTask(bench.engine, task);
  expect(finishAttempt(bench.engine, second, answered(500))).toBe("retrying");
  expect(first && finishAttempt(bench.engine, first, answered(500))).toBe("retrying");
  bench.clock.advance("1s");
  expect(dispatchDue(bench.engine)).toHaveLength(1);
  bench.clock.advance("1m");
  expect(dispatchDue(bench.engine)).toEqual([]);
  expect(task.record).toMatchObject({ dispatchCount: 3, responseCount: 2, failureCount: 2 });
});

test("if two attempts in flight reach max_attempts, the task is exhausted when the second one fails", () => {
  const bench = engineBench();
  const task = addTask(bench, addQueue(bench, { maxAttempts: 2 }), "t");
  const attempts = [...dispatchDue(bench.engine), runTask(bench.engine, task)];
  const outcomes = attempts.map((attempt) => finishAttempt(bench.engine, attempt, answered(500)));
  expect(outcomes).toEqual(["retrying", "exhausted"]);
});

test("a task's own retry settings replace those of its queue", () => {
  const bench = engineBench();
  const queue = addQueue(bench, { maxAttempts: 100, minBackoffMs: 100 });
  const own = { maxAttempts: 3, maxRetryDurationMs: 0, minBackoffMs: 5_000, maxBackoffMs: 8_000, maxDoublings: 16 };
  const task = addTask(bench, queue, "t", 0, { retry: own });
  const waits = ["first", "second", "third"].map(() => {
    for (const attempt of dispatchDue(bench.engine)) finishAttempt(bench.engine, attempt, answered(500));
    const wait = task.record.scheduledAt - bench.clock.now();
    bench.clock.turnTo(task.record.scheduledAt);
    return wait;
  });
  expect(waits.slice(0, 2)).toEqual([5_000, 8_000]);
  expect(queue.tasks.size).toBe(0);
});
