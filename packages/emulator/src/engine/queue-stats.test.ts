import { expect, test } from "vitest";
import { addQueue, addTask, answered, engineBench, START } from "../../test/support/engine.ts";
import { dispatchDue } from "./dispatch-due.ts";
import { finishAttempt } from "./finish-attempt.ts";
import { queueStats } from "./queue-stats.ts";
import { RecentCount } from "./recent-count.ts";
import { runTask } from "./start-attempt.ts";

test("the statistics of a queue without tasks are zero, except its rate", () => {
  const bench = engineBench();
  const queue = addQueue(bench, { maxDispatchesPerSecond: 5 });
  expect(queueStats(bench.engine, queue)).toEqual({
    tasksCount: 0,
    oldestEstimatedArrivalAt: undefined,
    executedLastMinuteCount: 0,
    concurrentDispatchesCount: 0,
    effectiveExecutionRate: 5,
  });
});

test("waiting tasks, tasks in flight and tasks to be retried are counted; attempts started by RunTask count as in flight", () => {
  const bench = engineBench();
  const queue = addQueue(bench, { minBackoffMs: 5_000 });
  for (const id of ["failed", "running"]) addTask(bench, queue, id);
  const [failed, running] = dispatchDue(bench.engine);
  const forced = runTask(bench.engine, addTask(bench, queue, "forced", 60_000));
  addTask(bench, queue, "later", 3_000);
  expect(failed && finishAttempt(bench.engine, failed, answered(500))).toBe("retrying");
  expect(queueStats(bench.engine, queue)).toMatchObject({
    tasksCount: 4,
    oldestEstimatedArrivalAt: START + 3_000,
    executedLastMinuteCount: 1,
    concurrentDispatchesCount: 2,
  });
  expect(running && finishAttempt(bench.engine, running, { kind: "timed out" })).toBe("retrying");
  finishAttempt(bench.engine, forced, answered(200));
  expect(queueStats(bench.engine, queue)).toMatchObject({
    tasksCount: 3,
    executedLastMinuteCount: 3,
    concurrentDispatchesCount: 0,
  });
  bench.clock.advance("1m");
  expect(queueStats(bench.engine, queue).executedLastMinuteCount).toBe(0);
});

test("events that are a minute old are no longer counted, second by second", () => {
  const count = new RecentCount();
  for (const second of [0, 0, 1, 59]) count.add(START + second * 1_000);
  const totals = [59, 60, 61, 118, 119].map((second) => count.total(START + second * 1_000));
  expect(totals).toEqual([4, 2, 1, 1, 0]);
});

test("counting works after the clock is set back, and after a long time without events", () => {
  const count = new RecentCount();
  count.add(START);
  count.add(START - 3_600_000);
  expect(count.total(START + 1_000)).toBe(2);
  expect(count.total(START + 86_400_000)).toBe(0);
});
