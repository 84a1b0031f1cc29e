import fc from "fast-check";
import { expect, test } from "vitest";
import { placeOf } from "./rendezvous.ts";

const keys = Array.from({ length: 20_000 }, (_, index) => `key-${index}`);

test.each([
  ["", 16, 3],
  ["welcome-123", 16, 15],
  ["welcome-124", 16, 11],
  ["größe", 7, 2],
  ["x", 1, 0],
])("the place of %j among %i stays %i in every version", (key, places, place) => {
  expect(placeOf(key, places)).toBe(place);
});

test.each([2, 3, 16, 100])("keys are spread evenly over %i places", (places) => {
  const counts = new Array<number>(places).fill(0);
  for (const key of keys) counts[placeOf(key, places)] = (counts[placeOf(key, places)] ?? 0) + 1;
  const expected = keys.length / places;
  // Four standard deviations of a fair spread.
  const allowed = 4 * Math.sqrt(expected);
  expect(Math.min(...counts)).toBeGreaterThan(expected - allowed);
  expect(Math.max(...counts)).toBeLessThan(expected + allowed);
});

test.each([2, 8, 16])("growing %i places by one moves keys only to the new place, about one share", (places) => {
  const moved = keys.filter((key) => placeOf(key, places) !== placeOf(key, places + 1));
  expect(moved.every((key) => placeOf(key, places + 1) === places)).toBe(true);
  expect(moved.length / keys.length).toBeCloseTo(1 / (places + 1), 1);
});

test("every key has the same place each time, within the range", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 200 }), (key, places) => {
      const place = placeOf(key, places);
      expect(place).toBe(placeOf(key, places));
      expect(place >= 0 && place < places).toBe(true);
    }),
  );
});
