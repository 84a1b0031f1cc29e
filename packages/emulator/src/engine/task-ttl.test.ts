import { expect, test } from "vitest";
import { addQueue, addTask, answered, type EngineBench, engineBench, START } from "../../test/support/engine.ts";
import { setQueueSettings, setQueueState } from "./change-queue.ts";
import { taskIdState } from "./create-task.ts";
import { deleteTask } from "./delete-task.ts";
import { dispatchDue } from "./dispatch-due.ts";
import type { EngineQueue, EngineTask } from "./engine-state.ts";
import { finishAttempt } from "./finish-attempt.ts";
import { nextEventAt } from "./next-event.ts";
import { restoreEngine } from "./restore-engine.ts";

const DAY_MS = 86_400_000;

/** Creates a queue with a task_ttl of ten days, and one task. */
function start(delayMs = 0): { bench: EngineBench; queue: EngineQueue; task: EngineTask } {
  const bench = engineBench();
  const queue = addQueue(bench, { taskTtlMs: 10 * DAY_MS, maxAttempts: -1, maxBackoffMs: DAY_MS });
  return { bench, queue, task: addTask(bench, queue, "t", delayMs) };
}

/** Returns the number of tasks just before the first one reaches task_ttl, and at that time. */
function tasksAroundTtl({ clock, engine }: EngineBench, queue: EngineQueue): number[] {
  clock.turnTo(START + 10 * DAY_MS - 1);
  dispatchDue(engine);
  const before = queue.tasks.size;
  clock.advance(1);
  dispatchDue(engine);
  return [before, queue.tasks.size];
}

test("a waiting task is deleted when it reaches task_ttl, and its name stays taken", () => {
  const { bench, queue } = start(20 * DAY_MS);
  expect(nextEventAt(bench.engine)).toBe(START + 10 * DAY_MS);
  expect(tasksAroundTtl(bench, queue)).toEqual([1, 0]);
  expect(nextEventAt(bench.engine)).toBe(Number.POSITIVE_INFINITY);
  expect(taskIdState(bench.engine, queue, "t")).toBe("recently deleted");
  expect([...bench.store.load().tasks]).toEqual([]);
});

test("a task of a paused queue is deleted when it reaches task_ttl", () => {
  const { bench, queue } = start();
  setQueueState(bench.engine, queue, "PAUSED");
  expect(tasksAroundTtl(bench, queue)).toEqual([1, 0]);
});

test("a task that fails again and again is deleted when it reaches task_ttl", () => {
  const { bench, queue } = start();
  for (let next = START; next < START + 9 * DAY_MS; next = nextEventAt(bench.engine)) {
    bench.clock.turnTo(next);
    for (const attempt of dispatchDue(bench.engine)) finishAttempt(bench.engine, attempt, answered(500));
  }
  expect(tasksAroundTtl(bench, queue)).toEqual([1, 0]);
});

test("a task in flight is deleted when it reaches task_ttl, and its answer is ignored", () => {
  const { bench, queue } = start();
  bench.clock.turnTo(START + 10 * DAY_MS - 1);
  const [attempt] = dispatchDue(bench.engine);
  expect(tasksAroundTtl(bench, queue)).toEqual([1, 0]);
  expect(attempt && finishAttempt(bench.engine, attempt, answered(500))).toBe("ignored");
});

test("a task that becomes due when it reaches task_ttl is not dispatched", () => {
  const { bench, queue } = start(10 * DAY_MS);
  bench.clock.turnTo(START + 10 * DAY_MS);
  expect(dispatchDue(bench.engine)).toEqual([]);
  expect(queue.tasks.size).toBe(0);
});

test("after the oldest task was deleted, the next one still expires on time", () => {
  const { bench, queue, task } = start(20 * DAY_MS);
  bench.clock.advance(DAY_MS);
  addTask(bench, queue, "second", 20 * DAY_MS);
  deleteTask(bench.engine, task);
  expect(nextEventAt(bench.engine)).toBe(START + 11 * DAY_MS);
  expect(tasksAroundTtl(bench, queue)).toEqual([1, 1]);
  bench.clock.advance(DAY_MS);
  expect(dispatchDue(bench.engine)).toEqual([]);
  expect(queue.tasks.size).toBe(0);
});

test("a new task_ttl applies at once to existing tasks", () => {
  const { bench, queue } = start(20 * DAY_MS);
  setQueueSettings(bench.engine, queue, { ...queue.record.settings, taskTtlMs: 15 * DAY_MS });
  expect(nextEventAt(bench.engine)).toBe(START + 15 * DAY_MS);
});

test("a task that reaches task_ttl while the emulator is stopped is deleted after the restart", () => {
  const { bench, queue } = start();
  bench.clock.turnTo(START + 11 * DAY_MS);
  const restored = restoreEngine(bench.engine);
  expect(dispatchDue(restored)).toEqual([]);
  expect(restored.queues.get(queue.record.name)?.tasks.size).toBe(0);
});
