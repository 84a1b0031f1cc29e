/** The last moment that a clock can be turned to: timestamps end with the year 9999, and retries need room before that. */
const LAST_TIME_MS = Date.parse("9998-12-31T23:59:59.999Z");

/**
 * @param to - milliseconds since the epoch
 * @param what - what the message begins with
 * @throws TypeError where it is no time, or one that a clock cannot be turned to
 */
export function checkTurn(to: number, what: string): void {
  if (!Number.isFinite(to)) throw new TypeError(`${what}: expected epoch milliseconds; received ${to}`);
  if (to <= LAST_TIME_MS) return;
  throw new TypeError(
    `${what}: the clock can be turned up to the end of the year 9998, and not beyond; turn it less far`,
  );
}
