import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";

test.each([
  { minBackoffMs: 10_000, maxBackoffMs: 300_000, maxDoublings: 3, expected: [10, 20, 40, 80, 160, 240, 300, 300] },
  { minBackoffMs: 100, maxBackoffMs: 3_600_000, maxDoublings: 16, expected: [0.1, 0.2, 0.4, 0.8, 1.6] },
  { minBackoffMs: 1_000, maxBackoffMs: 10_000, maxDoublings: 0, expected: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10] },
  { minBackoffMs: 0, maxBackoffMs: 1_000, maxDoublings: 2_000, expected: Array.from({ length: 1_500 }, () => 0) },
])("from $minBackoffMs ms, doubling $maxDoublings times, the waits are $expected s", ({ expected, ...policy }) => {
  expect(expected.map((_, index) => backoffMs(policy, index + 1) / 1000)).toEqual(expected);
});
