import { expect, test } from "vitest";
import { addQueue, addTask, engineBench, QUEUE } from "../../test/support/engine.ts";
import { setQueueSettings } from "./change-queue.ts";
import { queueNameState } from "./create-queue.ts";
import { taskIdState } from "./create-task.ts";
import { deleteQueue, purgeQueue } from "./delete-queue.ts";
import { deleteTask } from "./delete-task.ts";
import { TaskLog } from "./task-log.ts";
import { Tombstones } from "./tombstones.ts";

test("the name of a deleted task stays taken for the cooldown and is free afterwards", () => {
  const bench = engineBench({ taskCooldownMs: 60_000 });
  const queue = addQueue(bench);
  deleteTask(bench.engine, addTask(bench, queue, "t"));
  bench.clock.advance("59999ms");
  expect(taskIdState(bench.engine, queue, "t")).toBe("recently deleted");
  bench.clock.advance(1);
  expect(taskIdState(bench.engine, queue, "t")).toBe("free");
});

test("without a cooldown, the name of a deleted task is free at once", () => {
  const bench = engineBench({ taskCooldownMs: 0 });
  const queue = addQueue(bench);
  deleteTask(bench.engine, addTask(bench, queue, "t"));
  expect(taskIdState(bench.engine, queue, "t")).toBe("free");
});

test("a queue's tombstone_ttl replaces the cooldown for tasks that are deleted from then on", () => {
  const bench = engineBench({ taskCooldownMs: 60_000 });
  const queue = addQueue(bench);
  deleteTask(bench.engine, addTask(bench, queue, "before"));
  setQueueSettings(bench.engine, queue, { ...queue.record.settings, tombstoneTtlMs: 1_000 });
  deleteTask(bench.engine, addTask(bench, queue, "after"));
  bench.clock.advance("1s");
  expect(["before", "after"].map((id) => taskIdState(bench.engine, queue, id))).toEqual(["recently deleted", "free"]);
});

test("a purge keeps tombstones for all chosen ids, but only for the newest 10,000 generated ids", () => {
  const bench = engineBench();
  const queue = addQueue(bench);
  addTask(bench, queue, "chosen");
  for (let id = 0; id < 10_002; id += 1) addTask(bench, queue, `${id}`, 0, { named: false });
  purgeQueue(bench.engine, queue);
  const ids = ["chosen", "0", "1", "2", "10001"];
  expect(ids.map((id) => taskIdState(bench.engine, queue, id) === "free")).toEqual([false, true, true, false, false]);
  expect([...bench.store.load().tombstones]).toHaveLength(10_001);
  expect(queue.tasks.size + queue.waiting.size + queue.log.page(0, 1).length).toBe(0);
});

test("the name of a deleted queue stays taken for the cooldown, and the tombstones of its tasks are deleted", () => {
  const bench = engineBench({ queueCooldownMs: 60_000 });
  const queue = addQueue(bench);
  deleteTask(bench.engine, addTask(bench, queue, "t"));
  deleteQueue(bench.engine, queue);
  expect(queueNameState(bench.engine, QUEUE)).toBe("recently deleted");
  expect([...bench.store.load().tombstones].map(({ name }) => name)).toEqual([QUEUE]);
  bench.clock.advance("1m");
  expect(queueNameState(bench.engine, QUEUE)).toBe("free");
  expect([...bench.store.load().tombstones]).toEqual([]);
});

test("expired tombstones are deleted from the store too", () => {
  const bench = engineBench({ taskCooldownMs: 1_000 });
  const queue = addQueue(bench);
  deleteTask(bench.engine, addTask(bench, queue, "a"));
  bench.clock.advance("1s");
  deleteTask(bench.engine, addTask(bench, queue, "b"));
  expect([...bench.store.load().tombstones].map(({ name }) => name)).toEqual([`${QUEUE}/tasks/b`]);
});

test("beyond the limit, the oldest tombstone is removed", () => {
  const removed: string[] = [];
  const tombstones = new Tombstones(2, (name) => removed.push(name));
  for (const name of ["a", "b", "c"]) tombstones.add(name, 100);
  tombstones.prune(0);
  expect(removed).toEqual(["a"]);
  expect(tombstones.isTaken("c", 0)).toBe(true);
});

test("after many removals, the remaining tombstones are still found", () => {
  const removed: string[] = [];
  const tombstones = new Tombstones(Number.POSITIVE_INFINITY, (name) => removed.push(name));
  for (let name = 0; name < 1_000; name += 1) {
    tombstones.add(`${name}`, name + 10);
    tombstones.prune(name);
  }
  expect(removed).toEqual(Array.from({ length: 990 }, (_, name) => `${name}`));
  expect([989, 990, 999].map((name) => tombstones.isTaken(`${name}`, 999))).toEqual([false, true, true]);
});

test("a log can be read page by page while tasks are removed", () => {
  const log = new TaskLog<{ record: { sequence: number }; removed: boolean }>();
  const tasks = Array.from({ length: 1_000 }, (_, index) => ({ record: { sequence: index + 1 }, removed: false }));
  for (const task of tasks) log.append(task);
  expect(log.page(0, 3).map(({ record }) => record.sequence)).toEqual([1, 2, 3]);
  for (const task of tasks.slice(0, 990)) {
    task.removed = true;
    log.noteRemoval();
  }
  expect(log.page(3, 4).map(({ record }) => record.sequence)).toEqual([991, 992, 993, 994]);
  expect(log.page(1_000, 4)).toEqual([]);
});
