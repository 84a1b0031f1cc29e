import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { addQueue, addTask, answered, engineBench } from "../../test/support/engine.ts";
import { taskIdState } from "./create-task.ts";
import { purgeQueue } from "./delete-queue.ts";
import { GENERATED_TOMBSTONES } from "./engine-state.ts";
import { finishAttempt } from "./finish-attempt.ts";
import { restoreEngine } from "./restore-engine.ts";
import { runTask } from "./start-attempt.ts";
import { sweepPurges } from "./sweep-purges.ts";

const COOLDOWN_MS = 3_600_000;

/** The number of slices until no work is left. */
function slices(engine: Parameters<typeof sweepPurges>[0]): number {
  let count = 0;
  while (sweepPurges(engine)) count += 1;
  return count;
}

test("the names of purged tasks stay taken before, during and after the slices, until the cooldown ends", () => {
  const bench = engineBench();
  const { engine, clock } = bench;
  const queue = addQueue(bench);
  for (let index = 0; index < 12_000; index += 1) addTask(bench, queue, `t${index}`);
  purgeQueue(engine, queue);
  const states = (): readonly string[] => ["t0", "t6000", "t11999", "x"].map((id) => taskIdState(engine, queue, id));
  const taken = ["recently deleted", "recently deleted", "recently deleted", "free"];
  expect(states()).toEqual(taken);
  sweepPurges(engine);
  expect(states()).toEqual(taken);
  expect(slices(engine)).toBe(5);
  expect(states()).toEqual(taken);
  clock.advance(COOLDOWN_MS);
  expect(states()).toEqual(["free", "free", "free", "free"]);
  expect([...engine.store.load().tombstones].length).toBe(12_000);
  expect(slices(engine)).toBe(25);
  expect([...engine.store.load().tombstones]).toEqual([]);
  expect([queue.purges.length, engine.purgedQueues.size]).toEqual([0, 0]);
});

test("a task that is created after a purge stays, and one that was in flight is ignored", () => {
  const bench = engineBench();
  const { engine } = bench;
  const queue = addQueue(bench);
  const attempt = runTask(engine, addTask(bench, queue, "in-flight"));
  purgeQueue(engine, queue);
  const later = addTask(bench, queue, "later");
  expect([attempt.task.removed, later.removed]).toEqual([true, false]);
  expect(finishAttempt(engine, attempt, answered(500))).toBe("ignored");
  expect([...queue.tasks.keys()]).toEqual(["later"]);
  const restored = restoreEngine(engine).queues.get(queue.record.name);
  expect([...(restored?.tasks.keys() ?? [])]).toEqual(["later"]);
  expect(restored && taskIdState(engine, restored, "in-flight")).toBe("recently deleted");
});

test("a name that is created again after the cooldown, and deleted by a second purge, is taken again", () => {
  const bench = engineBench();
  const { engine, clock } = bench;
  const queue = addQueue(bench);
  addTask(bench, queue, "t");
  purgeQueue(engine, queue);
  clock.advance(COOLDOWN_MS);
  addTask(bench, queue, "t");
  expect(taskIdState(engine, queue, "t")).toBe("taken");
  purgeQueue(engine, queue);
  slices(engine);
  expect(taskIdState(engine, queue, "t")).toBe("recently deleted");
  expect([...engine.store.load().tombstones].map(({ reusableAt }) => reusableAt - clock.now())).toEqual([COOLDOWN_MS]);
});

test("the newest generated ids are kept, as many as without a purge", () => {
  const bench = engineBench();
  const { engine } = bench;
  const queue = addQueue(bench);
  const count = GENERATED_TOMBSTONES + 5;
  for (let index = 0; index < count; index += 1) addTask(bench, queue, String(index), 0, { named: false });
  purgeQueue(engine, queue);
  slices(engine);
  const states = ["4", "5", String(count - 1)].map((id) => taskIdState(engine, queue, id));
  expect(states).toEqual(["free", "recently deleted", "recently deleted"]);
  expect([...engine.store.load().tombstones].length).toBe(GENERATED_TOMBSTONES);
});

test("a purge keeps no names if the cooldown is 0", () => {
  const bench = engineBench({ taskCooldownMs: 0 });
  const { engine } = bench;
  const queue = addQueue(bench);
  addTask(bench, queue, "t");
  purgeQueue(engine, queue);
  expect(taskIdState(engine, queue, "t")).toBe("free");
  expect(sweepPurges(engine)).toBe(false);
});

test("the memory of 200,000 purged tasks is released when their names are free again", {
  timeout: 60_000,
}, async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const memory = (): number => {
    for (let run = 0; run < 3; run += 1) gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const bench = engineBench();
  const { engine, clock } = bench;
  const queue = addQueue(bench);
  const purgeAndWait = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) addTask(bench, queue, `t${index}`, 60_000);
    purgeQueue(engine, queue);
    // The store replaces the tasks by their tombstones in later turns.
    for (let turn = 0; turn <= count / 1_000; turn += 1) await setImmediate();
    slices(engine);
    clock.advance(COOLDOWN_MS);
    slices(engine);
  };
  await purgeAndWait(2_000);
  const before = memory();
  await purgeAndWait(200_000);
  expect((memory() - before) / 200_000).toBeLessThan(4);
  expect([...engine.store.load().tombstones]).toEqual([]);
});
