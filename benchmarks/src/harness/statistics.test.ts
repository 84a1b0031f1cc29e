import { expect, test } from "vitest";
import { median, percentile, ratio, spread } from "./statistics.ts";

test.each([
  { rounds: [3, 1, 2], expected: 2 },
  { rounds: [4, 1, 2, 3], expected: 2.5 },
  { rounds: [7], expected: 7 },
  { rounds: [null, 5, null], expected: 5 },
  { rounds: [null], expected: Number.NaN },
  { rounds: [], expected: Number.NaN },
])("the median of $rounds is $expected", ({ rounds, expected }) => {
  expect(median(rounds)).toBe(expected);
});

test.each([
  { share: 0.5, expected: 51 },
  { share: 0.99, expected: 100 },
  { share: 0, expected: 1 },
  { share: 1, expected: 100 },
])("the share $share of 1 to 100 is $expected", ({ share, expected }) => {
  const numbers = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(numbers, share)).toBe(expected);
});

test("the spread leaves out failed rounds", () => {
  expect(spread([5, null, 2, 9])).toEqual({ low: 2, high: 9 });
});

test("a ratio compares the two values of each round, so a slow round does not change it", () => {
  expect(ratio([10, 100, 30], [20, 200, 60])).toBe(0.5);
});

test("a ratio leaves out the rounds that failed for one of the two", () => {
  expect(ratio([10, null, 30], [20, 1, null])).toBe(0.5);
});

test("a ratio of different numbers of rounds is that of the medians", () => {
  expect(ratio([10, 20, 30], [40])).toBe(0.5);
});
