const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Distances between ticks that people read easily, in milliseconds. */
const STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 365].map((count) => count * DAY),
];

/**
 * Returns the ticks of a time axis, as milliseconds after its start: 0, and multiples of a round duration.
 *
 * @param spanMs - the length of the axis
 * @param most - the largest number of ticks after 0
 */
export function axisTicks(spanMs: number, most: number): readonly number[] {
  const step = STEPS.find((each) => spanMs / each <= most) ?? spanMs / most;
  return spanMs > 0 ? Array.from({ length: Math.floor(spanMs / step) + 1 }, (_, index) => index * step) : [0];
}
