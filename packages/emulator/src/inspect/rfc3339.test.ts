import fc from "fast-check";
import { expect, test } from "vitest";
import { rfc3339 } from "./rfc3339.ts";

/** A time of any year, or one close to another minute, to the microsecond. */
const times = fc
  .tuple(
    fc.oneof(
      fc.integer({ min: -62_000_000_000_000, max: 260_000_000_000_000 }),
      fc.integer({ min: 1_899_999_990_000, max: 1_900_000_130_000 }),
      fc.integer({ min: -61_000, max: 61_000 }),
    ),
    fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 999 })),
  )
  .map(([ms, micros]) => ({ ms, micros }));

test("a time is formatted to the microsecond, also after times of other minutes", () => {
  fc.assert(
    fc.property(times, ({ ms, micros }) => {
      const whole = new Date(ms).toISOString();
      const withMicros = `${whole.slice(0, -1)}${String(micros).padStart(3, "0")}Z`;
      // A number cannot represent the microseconds of distant years.
      fc.pre(micros === 0 || Math.abs(ms) < 4_000_000_000_000);
      expect(rfc3339(ms + micros / 1000)).toBe(micros > 0 ? withMicros : whole.replace(".000Z", "Z"));
    }),
  );
});

test.each([
  [1_900_000_000_000 + 4095 / 4096, "2030-03-17T17:46:40.001Z"],
  [1_900_000_059_999 + 4095 / 4096, "2030-03-17T17:47:40Z"],
  [253_402_300_799_999, "9999-12-31T23:59:59.999Z"],
  [253_402_300_800_000, "+010000-01-01T00:00:00Z"],
])("%d is %s", (ms, text) => {
  expect(rfc3339(ms)).toBe(text);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 8.7e15])("%d is not a time", (ms) => {
  expect(() => rfc3339(ms)).toThrow(RangeError);
});
