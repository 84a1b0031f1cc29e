import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

test("actions run in order, at most four in a turn of the event loop", async () => {
  const turns = new Turns();
  const ran: number[] = [];
  for (let index = 0; index < 10; index += 1) turns.add(() => ran.push(index));
  const counts: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    await setImmediate();
    counts.push(ran.length);
  }
  expect(counts).toEqual([4, 8, 10]);
  expect(ran).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("the first four actions of a turn run at once", async () => {
  const turns = new Turns();
  const counts: number[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    let ran = 0;
    for (let index = 0; index < 4; index += 1) turns.add(() => (ran += 1));
    counts.push(ran);
    await setImmediate();
  }
  expect(counts).toEqual([4, 4]);
});
