import { expect, test } from "vitest";
import { CallPace, LIST_RATE, RUN_RATE } from "../src/place/call-pace.ts";

test("60 list calls start at once, then 5 per second, and a pause allows another burst", () => {
  let now = 1_000_000;
  const pace = new CallPace(() => now, LIST_RATE);
  const delays = (count: number): readonly number[] => Array.from({ length: count }, () => pace.reserve());
  expect(delays(60)).toEqual(Array.from({ length: 60 }, () => 0));
  expect(delays(3)).toEqual([200, 400, 600]);
  now += 600;
  expect(delays(2)).toEqual([200, 400]);
  now += 60_000;
  expect(delays(61)).toEqual([...Array.from({ length: 60 }, () => 0), 200]);
});

test("in any minute, fewer than 60 tasks are dispatched", () => {
  let now = 1_000_000;
  const pace = new CallPace(() => now, RUN_RATE);
  const starts: number[] = [];
  for (let call = 0; call < 200; call += 1) {
    now += pace.reserve();
    starts.push(now);
  }
  const counts = starts.map((from) => starts.filter((each) => each >= from && each < from + 60_000).length);
  expect(Math.max(...counts)).toBe(59);
});
