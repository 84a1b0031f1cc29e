import { create } from "@bufbuild/protobuf";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { expect, test } from "vitest";
import { durationOf, msOfDuration, msOfTimestamp, pacificTime, timestampOf } from "./times.ts";

test("a time with microseconds is converted exactly in both directions, far beyond any schedule time", () => {
  const seconds = fc.bigInt({ min: 0n, max: 8_000_000_000n });
  fc.assert(
    fc.property(seconds, fc.integer({ min: 0, max: 999_999 }), (whole, micros) => {
      const timestamp = create(TimestampSchema, { seconds: whole, nanos: micros * 1000 });
      expect(timestampOf(msOfTimestamp(timestamp))).toEqual(timestamp);
    }),
  );
});

test("nanoseconds are truncated, not rounded", () => {
  const timestamp = create(TimestampSchema, { seconds: 1n, nanos: 1_999 });
  expect(timestampOf(msOfTimestamp(timestamp)).nanos).toBe(1_000);
});

test("rounding up to a full second carries over", () => {
  expect(timestampOf(1_999.9999)).toMatchObject({ seconds: 2n, nanos: 0 });
});

test("a duration in whole milliseconds is converted exactly in both directions, also if negative", () => {
  fc.assert(
    fc.property(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), (ms) => {
      expect(msOfDuration(durationOf(ms)) - ms).toBe(0);
    }),
  );
});

test.each([
  ["2026-10-07T16:45:00Z", "2026-10-07T09:45:00-07:00"],
  ["2026-12-07T16:45:59Z", "2026-12-07T08:45:59-08:00"],
  ["2027-01-01T07:59:59Z", "2026-12-31T23:59:59-08:00"],
  ["2027-01-01T08:00:00Z", "2027-01-01T00:00:00-08:00"],
  ["2027-01-01T08:00:00.500Z", "2027-01-01T00:00:00.5-08:00"],
])("%s is %s in US Pacific time", (utc, pacific) => {
  expect(pacificTime(timestampOf(Date.parse(utc)))).toBe(pacific);
});

test("a time after the year 9999 becomes its end", () => {
  expect(timestampOf(9e21)).toMatchObject({ seconds: 253_402_300_799n });
});
