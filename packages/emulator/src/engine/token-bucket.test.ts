import fc from "fast-check";
import { expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

/** Takes `count` tokens as early as possible and returns when each was taken. */
function takeAll(bucket: TokenBucket, start: number, count: number): number[] {
  const times: number[] = [];
  for (let now = start; times.length < count; times.push(now)) {
    now = Math.max(now, bucket.readyAt(now));
    bucket.take(now);
  }
  return times;
}

test("a bucket starts full: a burst is available at once, then one token at a time", () => {
  expect(takeAll(new TokenBucket(2, 3), 1_000, 6)).toEqual([1_000, 1_000, 1_000, 1_500, 2_000, 2_500]);
});

test.each([
  [0.5, 2_000],
  [0.1, 10_000],
  [0.001, 1_000_000],
])("a rate of %s per second gives one token every %s ms", (rate, apartMs) => {
  expect(takeAll(new TokenBucket(rate, 1), 0, 3)).toEqual([0, apartMs, 2 * apartMs]);
});

test("in any window of time, at most the burst plus the refilled tokens can be taken", () => {
  const rates = fc.double({ min: 0.001, max: 500, noNaN: true });
  const pauses = fc.array(fc.double({ min: 0, max: 5_000, noNaN: true }), { maxLength: 60 });
  fc.assert(
    fc.property(rates, fc.integer({ min: 1, max: 500 }), pauses, (rate, capacity, waits) => {
      const bucket = new TokenBucket(rate, capacity);
      let now = 1_900_000_000_000;
      const times = waits.map((wait) => {
        now = Math.max(now + wait, bucket.readyAt(now + wait));
        bucket.take(now);
        return now;
      });
      const excess = times.flatMap((from, first) =>
        times.slice(first).map((to, more) => more + 1 - capacity - ((to - from) * rate) / 1000),
      );
      expect(Math.max(0, ...excess)).toBeLessThan(1e-3);
    }),
  );
});

test("at the time that readyAt() returns, a token can be taken", () => {
  const rates = fc.double({ min: 0.001, max: 500, noNaN: true });
  fc.assert(
    fc.property(rates, fc.integer({ min: 1, max: 20 }), (rate, capacity) => {
      const times = takeAll(new TokenBucket(rate, capacity), 1_900_000_000_000.123, 50);
      expect([...times].sort((a, b) => a - b)).toEqual(times);
    }),
  );
});

test("changing rate and capacity keeps the available tokens, up to the new capacity", () => {
  const bucket = new TokenBucket(1, 10);
  takeAll(bucket, 0, 6);
  bucket.configure(10, 2, 0);
  expect(takeAll(bucket, 0, 4)).toEqual([0, 0, 100, 200]);
});

test("an empty bucket stays empty when its rate changes", () => {
  const bucket = new TokenBucket(1, 5);
  takeAll(bucket, 0, 5);
  bucket.configure(100, 50, 0);
  expect(bucket.readyAt(0)).toBe(10);
});

test("setting the clock back by a day delays the next token by at most the time to fill the bucket", () => {
  const bucket = new TokenBucket(1, 5);
  takeAll(bucket, 86_400_000, 5);
  expect(bucket.readyAt(0)).toBe(1_000);
});

test.each([1e-310, Number.MIN_VALUE, 0, Number.NaN])("a rate of %d gives the next token at a finite time", (rate) => {
  const bucket = new TokenBucket(rate, 1);
  bucket.configure(rate, 2, 1_000);
  bucket.take(1_000);
  bucket.take(1_000);
  const at = bucket.readyAt(1_000);
  expect(at).toBeGreaterThan(1_000);
  expect(at).toBeLessThan(8.64e15);
});
