import { expect, test } from "vitest";
import { addQueue, addTask, answered, engineBench } from "../../test/support/engine.ts";
import { queueNameState } from "./create-queue.ts";
import { deleteQueue } from "./delete-queue.ts";
import { dispatchDue } from "./dispatch-due.ts";
import { finishAttempt } from "./finish-attempt.ts";
import { nextEventAt } from "./next-event.ts";
import { resetEngine } from "./reset-engine.ts";
import { setValue } from "./values.ts";

test("a reset removes all queues, tasks and tombstones, and the results of attempts in flight are ignored", () => {
  const bench = engineBench({ queueCooldownMs: 60_000 });
  deleteQueue(bench.engine, addQueue(bench, {}, "projects/p/locations/l/queues/deleted"));
  const queue = addQueue(bench);
  addTask(bench, queue, "t");
  const [attempt] = dispatchDue(bench.engine);
  resetEngine(bench.engine);
  expect(nextEventAt(bench.engine)).toBe(Number.POSITIVE_INFINITY);
  expect(bench.engine.queues.size).toBe(0);
  expect(queueNameState(bench.engine, "projects/p/locations/l/queues/deleted")).toBe("free");
  expect(attempt && finishAttempt(bench.engine, attempt, answered(500))).toBe("ignored");
  expect([...bench.store.load().tasks]).toEqual([]);
});

test("a reset deletes the values that API calls have set and keeps the others, in the store too", () => {
  const { engine, store } = engineBench();
  for (const key of ["oidc-key", "operation/1", "operation/2", "firebase/q", "cmek/l"]) setValue(engine, key, "kept");
  resetEngine(engine);
  expect([...engine.values.keys()]).toEqual(["oidc-key"]);
  expect([...store.load().values]).toEqual([{ key: "oidc-key", value: "kept" }]);
});
