import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { TaskLog } from "./task-log.ts";

interface Item {
  readonly record: { readonly sequence: number };
  removed: boolean;
}

function filled(log: TaskLog<Item>, count: number): WeakRef<Item>[] {
  const items = Array.from({ length: count }, (_, index) => ({ record: { sequence: index + 1 }, removed: false }));
  for (const item of items) log.append(item);
  return items.map((item) => new WeakRef(item));
}

function remove(log: TaskLog<Item>, items: readonly WeakRef<Item>[]): void {
  for (const ref of items) {
    const item = ref.deref();
    if (item) item.removed = true;
    log.noteRemoval();
  }
}

/** Returns the indexes of the items that are still in memory. */
async function inMemory(items: readonly WeakRef<Item>[]): Promise<number[]> {
  setFlagsFromString("--expose-gc");
  await setImmediate();
  (runInNewContext("gc") as () => void)();
  return items.flatMap((ref, index) => (ref.deref() ? [index] : []));
}

test("tasks that are removed in order of creation are released at once", async () => {
  const log = new TaskLog<Item>();
  const items = filled(log, 10);
  remove(log, items.slice(0, 7));
  expect(await inMemory(items)).toEqual([7, 8, 9]);
  expect([...log.from(0)].map(({ record }) => record.sequence)).toEqual([8, 9, 10]);
  expect([...log.back(9)].map(({ record }) => record.sequence)).toEqual([8]);
});

test("tasks behind a waiting one are released when they are more than half of the log", async () => {
  const log = new TaskLog<Item>();
  const items = filled(log, 100);
  remove(log, items.slice(1, 52));
  expect((await inMemory(items)).slice(0, 3)).toEqual([0, 52, 53]);
  expect(log.oldest()?.record.sequence).toBe(1);
  expect(log.page(1, 2).map(({ record }) => record.sequence)).toEqual([53, 54]);
});
