import { expect, test } from "vitest";
import { ListPace } from "../src/place/list-pace.ts";

test("60 list calls start at once, then 5 per second, and a pause allows another burst", () => {
  let now = 1_000_000;
  const pace = new ListPace(() => now);
  const delays = (count: number): readonly number[] => Array.from({ length: count }, () => pace.reserve());
  expect(delays(60)).toEqual(Array.from({ length: 60 }, () => 0));
  expect(delays(3)).toEqual([200, 400, 600]);
  now += 600;
  expect(delays(2)).toEqual([200, 400]);
  now += 60_000;
  expect(delays(61)).toEqual([...Array.from({ length: 60 }, () => 0), 200]);
});
