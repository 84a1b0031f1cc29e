import { expect, test } from "vitest";
import { addQueue, addTask, answered, engineBench, QUEUE, START } from "../../test/support/engine.ts";
import { setQueueState } from "./change-queue.ts";
import { taskIdState } from "./create-task.ts";
import { deleteTask } from "./delete-task.ts";
import { dispatchDue } from "./dispatch-due.ts";
import { finishAttempt } from "./finish-attempt.ts";
import { nextEventAt } from "./next-event.ts";
import { restoreEngine } from "./restore-engine.ts";

test("a restored engine has the queues, tasks, counts and tombstones of its store", () => {
  const bench = engineBench();
  const queue = addQueue(bench);
  addTask(bench, queue, "retried");
  addTask(bench, queue, "later", 60_000);
  deleteTask(bench.engine, addTask(bench, queue, "deleted"));
  for (const attempt of dispatchDue(bench.engine)) finishAttempt(bench.engine, attempt, answered(500));

  const restored = restoreEngine(bench.engine);
  const restoredQueue = restored.queues.get(QUEUE);
  expect([...(restoredQueue?.tasks.keys() ?? [])]).toEqual(["retried", "later"]);
  expect(restoredQueue?.tasks.get("retried")?.record).toEqual(queue.tasks.get("retried")?.record);
  expect(restoredQueue && taskIdState(restored, restoredQueue, "deleted")).toBe("recently deleted");
  expect(nextEventAt(restored)).toBe(START + 100);
  expect(addTask({ ...bench, engine: restored }, restoredQueue ?? queue, "new").record.sequence).toBe(3);
});

test("a task whose attempt was in flight is dispatched again after a restart", () => {
  const bench = engineBench();
  addTask(bench, addQueue(bench), "t");
  expect(dispatchDue(bench.engine)).toHaveLength(1);
  const restored = restoreEngine(bench.engine);
  expect(dispatchDue(restored).map(({ taskBefore }) => [taskBefore.id, taskBefore.dispatchCount])).toEqual([["t", 1]]);
});

test("a paused queue is still paused after a restart", () => {
  const bench = engineBench();
  const queue = addQueue(bench);
  addTask(bench, queue, "t");
  setQueueState(bench.engine, queue, "PAUSED");
  expect(dispatchDue(restoreEngine(bench.engine))).toEqual([]);
});
