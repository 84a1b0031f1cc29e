import { expect, test } from "vitest";
import { addQueue, addTask, answered, engineBench, QUEUE, START } from "../../test/support/engine.ts";
import { setQueueState } from "./change-queue.ts";
import { taskIdState } from "./create-task.ts";
import { deleteTask } from "./delete-task.ts";
import { dispatchDue } from "./dispatch-due.ts";
import { finishAttempt } from "./finish-attempt.ts";
import { restoreEngine } from "./restore.ts";
import { nextEventAt } from "./wake.ts";

test("an engine that starts on a store has its queues, tasks, counts and names", () => {
  const bench = engineBench();
  const queue = addQueue(bench);
  addTask(bench, queue, "retried");
  addTask(bench, queue, "later", 60_000);
  deleteTask(bench.engine, addTask(bench, queue, "gone"));
  for (const attempt of dispatchDue(bench.engine)) finishAttempt(bench.engine, attempt, answered(500));

  const restored = restoreEngine(bench.engine);
  const again = restored.queues.get(QUEUE);
  expect([...(again?.tasks.keys() ?? [])]).toEqual(["retried", "later"]);
  expect(again?.tasks.get("retried")?.record).toEqual(queue.tasks.get("retried")?.record);
  expect(again && taskIdState(restored, again, "gone")).toBe("recently gone");
  expect(nextEventAt(restored)).toBe(START + 100);
  expect(addTask({ ...bench, engine: restored }, again ?? queue, "new").record.sequence).toBe(3);
});

test("a task that was in flight is delivered again", () => {
  const bench = engineBench();
  addTask(bench, addQueue(bench), "t");
  expect(dispatchDue(bench.engine)).toHaveLength(1);
  const restored = restoreEngine(bench.engine);
  expect(dispatchDue(restored).map(({ before }) => [before.id, before.dispatchCount])).toEqual([["t", 1]]);
});

test("a paused queue is still paused", () => {
  const bench = engineBench();
  const queue = addQueue(bench);
  addTask(bench, queue, "t");
  setQueueState(bench.engine, queue, "PAUSED");
  expect(dispatchDue(restoreEngine(bench.engine))).toEqual([]);
});
