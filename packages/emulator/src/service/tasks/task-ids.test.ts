import { expect, test } from "vitest";
import { taskIds } from "./task-ids.ts";

test("ids are unique decimal numbers of 64 bits", () => {
  const ids = taskIds();
  const drawn = Array.from({ length: 1_000 }, () => ids.next().value);
  expect(new Set(drawn).size).toBe(1_000);
  expect(drawn.filter((id) => !/^\d+$/.test(id) || BigInt(id) >= 2n ** 64n)).toEqual([]);
});
