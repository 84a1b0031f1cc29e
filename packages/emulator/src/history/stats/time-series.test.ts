import fc from "fast-check";
import { expect, test } from "vitest";
import { TimeSeries } from "./time-series.ts";

const RETENTION = { seconds: 60, minutes: 5 };
const READS = [
  { stepMs: 1_000, count: 10 },
  { stepMs: 10_000, count: 4 },
  { stepMs: 60_000, count: 3 },
] as const;

/** An event at a time in milliseconds, followed by a read if `read` is set. The clock can be turned back. */
const steps = fc.array(fc.record({ at: fc.integer({ min: 0, max: 50_000 }), read: fc.boolean() }), { maxLength: 60 });

function count(series: TimeSeries, at: number): void {
  const bucket = series.at(at);
  bucket.started += 1;
  bucket.duration.addBin(at % 7);
}

function readAll(series: TimeSeries, now: number): unknown {
  return [
    series.last(20, now),
    ...READS.flatMap(({ stepMs, count: buckets }) => series.read(stepMs, buckets, now).map(({ bucket }) => bucket)),
  ].map(({ started, duration }) => [started, duration.percentiles()]);
}

test("reads return the same sums, whether or not the series was read before", () => {
  fc.assert(
    fc.property(steps, (events) => {
      const read = new TimeSeries(RETENTION);
      const unread = new TimeSeries(RETENTION);
      for (const event of events) {
        for (const series of [read, unread]) count(series, event.at);
        if (event.read) readAll(read, event.at);
      }
      for (const now of [0, 25_000, 50_000]) expect(readAll(read, now)).toEqual(readAll(unread, now));
    }),
  );
});

test("the sum of the last seconds is the same, whether or not it was read before, however far the clock is turned", () => {
  const turns = fc.array(fc.record({ at: fc.integer({ min: 0, max: 200_000 }), read: fc.boolean() }), {
    maxLength: 80,
  });
  const sumOf = (series: TimeSeries, now: number): unknown => {
    const { started, duration } = series.last(20, now);
    return [started, duration.percentiles()];
  };
  fc.assert(
    fc.property(turns, (events) => {
      const read = new TimeSeries(RETENTION);
      const unread = new TimeSeries(RETENTION);
      for (const event of events) {
        for (const series of [read, unread]) count(series, event.at);
        if (event.read) sumOf(read, event.at);
      }
      for (const now of [20_000, 100_000, 101_000, 118_000, 200_000]) {
        expect(sumOf(read, now)).toEqual(sumOf(unread, now));
      }
    }),
    { numRuns: 500 },
  );
});
