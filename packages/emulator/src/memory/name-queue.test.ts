import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { NameQueue } from "./name-queue.ts";

const name = fc.oneof(fc.constantFrom("a", "b", "é", "ü-1", ""), fc.string({ maxLength: 500 }));
const step = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), name, value: fc.nat() }),
  fc.record({ kind: fc.constant("delete" as const), name, value: fc.nat() }),
  fc.record({ kind: fc.constant("shift" as const), name, value: fc.nat() }),
);

test("a queue of names has the same names and numbers as a map that is sorted by the last set", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const queue = new NameQueue();
      const model = new Map<string, number>();
      for (const each of steps) {
        const [first] = model.keys();
        if (each.kind === "set") {
          queue.set(each.name, each.value);
          model.delete(each.name);
          model.set(each.name, each.value);
        } else if (each.kind === "delete") {
          expect(queue.delete(each.name)).toBe(model.delete(each.name));
        } else {
          expect(queue.shift()).toBe(first);
          if (first !== undefined) model.delete(first);
        }
        expect([queue.size, queue.firstValue(), queue.get(each.name)]).toEqual([
          model.size,
          [...model.values()][0],
          model.get(each.name),
        ]);
      }
      expect([...queue.entries()]).toEqual([...model]);
      queue.clear();
      expect([queue.size, queue.shift(), [...queue.entries()]]).toEqual([0, undefined, []]);
    }),
    { numRuns: 200 },
  );
});

test("a hundred thousand names pass through a queue of a thousand", () => {
  const queue = new NameQueue();
  for (let index = 0; index < 100_000; index += 1) {
    queue.set(`name-${index}`, index);
    if (queue.size > 1_000) expect(queue.shift()).toBe(`name-${index - 1_000}`);
  }
  expect([queue.get("name-98999"), queue.get("name-99000"), queue.get("name-99999")]).toEqual([
    undefined,
    99_000,
    99_999,
  ]);
});

test("a name takes less than 16 bytes of the heap that the garbage collector searches, and less than 100 bytes elsewhere", () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const queue = new NameQueue();
  gc();
  const before = process.memoryUsage();
  for (let index = 0; index < 100_000; index += 1) queue.set(`${12_345_678_901_234_000n + BigInt(index)}`, index);
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  expect((heapUsed - before.heapUsed) / 100_000).toBeLessThan(16);
  expect((arrayBuffers - before.arrayBuffers) / 100_000).toBeLessThan(100);
});

test("the memory of 100,000 names is released when they are removed, even if a few stay", () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const { arrayBuffers: before } = process.memoryUsage();
  for (const [rest, isFirstLast] of [
    [0, false],
    [10, false],
    [0, true],
    [10, true],
  ] as const) {
    const queue = new NameQueue();
    for (let index = 0; index < 100_000; index += 1) queue.set(`name-${index}`, index);
    for (let index = 1; isFirstLast && index < 100_000 - rest; index += 1) queue.delete(`name-${index}`);
    while (queue.size > rest) queue.shift();
    for (let run = 0; run < 3; run += 1) gc();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000);
    expect([...queue.entries()].map(([name]) => queue.get(name))).toEqual(
      [99_990, 99_991, 99_992, 99_993, 99_994, 99_995, 99_996, 99_997, 99_998, 99_999].slice(0, rest),
    );
  }
});
