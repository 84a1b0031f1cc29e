import { expect, test } from "vitest";
import { addQueue, addTask, answered, engineBench, START } from "../../test/support/engine.ts";
import { setQueueSettings, setQueueState } from "./change-queue.ts";
import { deleteQueue, purgeQueue } from "./delete-queue.ts";
import { deleteTask } from "./delete-task.ts";
import { dispatchDue } from "./dispatch-due.ts";
import { finishAttempt } from "./finish-attempt.ts";
import { isIdle, nextEventAt } from "./next-event.ts";
import { runTask } from "./start-attempt.ts";

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `t${index}`);

test("tasks are dispatched in order of schedule time, and of creation if the times are equal", () => {
  const bench = engineBench();
  const queue = addQueue(bench);
  for (const [id, delayMs] of [
    ["c", 3_000],
    ["a", 1_000],
    ["b2", 2_000],
    ["b1", 2_000],
  ] as const) {
    addTask(bench, queue, id, delayMs);
  }
  bench.clock.advance("1m");
  expect(dispatchDue(bench.engine).map(({ taskBefore }) => taskBefore.id)).toEqual(["a", "b2", "b1", "c"]);
});

test("a task is not dispatched before its schedule time, and the engine plans its next event at that time", () => {
  const bench = engineBench();
  addTask(bench, addQueue(bench), "t", 60_000);
  expect(nextEventAt(bench.engine)).toBe(START + 60_000);
  bench.clock.advance("59999ms");
  expect(dispatchDue(bench.engine)).toEqual([]);
  bench.clock.advance(1);
  expect(dispatchDue(bench.engine)).toHaveLength(1);
});

test("a rate below one per second is respected", () => {
  const bench = engineBench();
  const queue = addQueue(bench, { maxDispatchesPerSecond: 0.25, maxBurstSize: 1 });
  for (const id of ids(3)) addTask(bench, queue, id);
  const times = ids(3).map(() => {
    bench.clock.turnTo(queue.wakeAt);
    return dispatchDue(bench.engine).map(() => bench.clock.now() - START);
  });
  expect(times).toEqual([[0], [4_000], [8_000]]);
});

test("at most max_concurrent_dispatches attempts are in flight, and a task that waits for its retry uses no slot", () => {
  const bench = engineBench();
  const queue = addQueue(bench, { maxConcurrentDispatches: 2 });
  for (const id of ids(4)) addTask(bench, queue, id);
  const [first] = dispatchDue(bench.engine);
  expect(queue.inFlight).toBe(2);
  expect(dispatchDue(bench.engine)).toEqual([]);
  expect(first && finishAttempt(bench.engine, first, answered(500))).toBe("retrying");
  expect(dispatchDue(bench.engine).map(({ taskBefore }) => taskBefore.id)).toEqual(["t2"]);
});

test("a paused queue dispatches nothing; once resumed, it dispatches everything that is due", () => {
  const bench = engineBench();
  const queue = addQueue(bench);
  setQueueState(bench.engine, queue, "PAUSED");
  for (const id of ids(3)) addTask(bench, queue, id, 1_000);
  bench.clock.advance("1h");
  expect(dispatchDue(bench.engine)).toEqual([]);
  expect(nextEventAt(bench.engine)).toBe(START + queue.record.settings.taskTtlMs);
  expect(isIdle(bench.engine)).toBe(true);
  setQueueState(bench.engine, queue, "RUNNING");
  expect(isIdle(bench.engine)).toBe(false);
  expect(dispatchDue(bench.engine)).toHaveLength(3);
});

test("RunTask ignores rate, pause and concurrency, and replaces the scheduled dispatch", () => {
  const bench = engineBench();
  const queue = addQueue(bench, { maxDispatchesPerSecond: 0.001, maxBurstSize: 1, maxConcurrentDispatches: 1 });
  addTask(bench, queue, "first");
  const task = addTask(bench, queue, "second", 1_000);
  expect(dispatchDue(bench.engine)).toHaveLength(1);
  setQueueState(bench.engine, queue, "PAUSED");
  const attempt = runTask(bench.engine, task);
  expect(queue.inFlight).toBe(1);
  setQueueState(bench.engine, queue, "RUNNING");
  bench.clock.advance("9m");
  expect(dispatchDue(bench.engine)).toEqual([]);
  expect(finishAttempt(bench.engine, attempt, answered(200))).toBe("succeeded");
});

test("a new concurrency limit applies at once to waiting tasks", () => {
  const bench = engineBench();
  const queue = addQueue(bench, { maxConcurrentDispatches: 1 });
  for (const id of ids(3)) addTask(bench, queue, id);
  expect(dispatchDue(bench.engine)).toHaveLength(1);
  setQueueSettings(bench.engine, queue, { ...queue.record.settings, maxConcurrentDispatches: 10 });
  expect(dispatchDue(bench.engine)).toHaveLength(2);
});

const removals = [
  [
    "deleted",
    ({ engine }: ReturnType<typeof engineBench>, task: Parameters<typeof deleteTask>[1]) => deleteTask(engine, task),
  ],
  [
    "purged",
    ({ engine }: ReturnType<typeof engineBench>, task: Parameters<typeof deleteTask>[1]) =>
      purgeQueue(engine, task.queue),
  ],
  [
    "deleted with its queue",
    ({ engine }: ReturnType<typeof engineBench>, task: Parameters<typeof deleteTask>[1]) =>
      deleteQueue(engine, task.queue),
  ],
] as const;

test.each(removals)("a task that was %s is never dispatched, even if it was due", (_, remove) => {
  const bench = engineBench();
  const task = addTask(bench, addQueue(bench), "t");
  remove(bench, task);
  expect(dispatchDue(bench.engine)).toEqual([]);
  expect(nextEventAt(bench.engine)).toBe(Number.POSITIVE_INFINITY);
});

test.each(removals)("the result of an attempt is ignored if its task was %s in the meantime", (_, remove) => {
  const bench = engineBench();
  const task = addTask(bench, addQueue(bench), "t");
  const [attempt] = dispatchDue(bench.engine);
  remove(bench, task);
  expect(attempt && finishAttempt(bench.engine, attempt, answered(500))).toBe("ignored");
  bench.clock.advance("1d");
  expect(dispatchDue(bench.engine)).toEqual([]);
});

test("an attempt of a deleted task frees its concurrency slot when it ends", () => {
  const bench = engineBench();
  const queue = addQueue(bench, { maxConcurrentDispatches: 1 });
  const task = addTask(bench, queue, "a");
  addTask(bench, queue, "b");
  const [attempt] = dispatchDue(bench.engine);
  deleteTask(bench.engine, task);
  expect(dispatchDue(bench.engine)).toEqual([]);
  expect(attempt && finishAttempt(bench.engine, attempt, answered(200))).toBe("ignored");
  expect(dispatchDue(bench.engine)).toHaveLength(1);
});

test("a slow queue does not delay other queues", () => {
  const bench = engineBench();
  const slow = addQueue(
    bench,
    { maxDispatchesPerSecond: 0.001, maxBurstSize: 1 },
    "projects/p/locations/l/queues/slow",
  );
  const quick = addQueue(bench, {}, "projects/p/locations/l/queues/quick");
  for (const id of ids(2)) addTask(bench, slow, id);
  for (const id of ids(2)) addTask(bench, quick, id, 1_000);
  bench.clock.advance("1s");
  expect(dispatchDue(bench.engine).map(({ taskBefore }) => taskBefore.queue.slice(-5))).toEqual([
    "/slow",
    "quick",
    "quick",
  ]);
});
