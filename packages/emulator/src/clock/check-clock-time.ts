/** The latest time of a clock. Timestamps end with the year 9999, and retries are scheduled after the current time. */
const LAST_TIME_MS = Date.parse("9998-12-31T23:59:59.999Z");

/**
 * Checks a time to which a clock is advanced.
 *
 * @param to - milliseconds since the epoch
 * @param subject - the beginning of the error message
 * @throws TypeError if it is not a finite number, or is after the year 9998
 */
export function checkClockTime(to: number, subject: string): void {
  if (!Number.isFinite(to)) throw new TypeError(`${subject}: expected epoch milliseconds; received ${to}`);
  if (to <= LAST_TIME_MS) return;
  throw new TypeError(`${subject}: the clock cannot be advanced beyond the end of the year 9998`);
}
