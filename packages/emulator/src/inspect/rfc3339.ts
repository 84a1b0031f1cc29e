const MINUTE_MS = 60_000;

/** The last minute that was formatted, and its text up to the seconds. The times of a list are mostly in a few minutes. */
let lastMinute = Number.NaN;
let minuteText = "";

/**
 * Formats a time like `2030-01-01T00:00:00.250Z`, with no, three or six fractional digits.
 *
 * @param ms - milliseconds since the epoch, exact to the microsecond
 * @throws RangeError if JavaScript cannot represent the time
 */
export function rfc3339(ms: number): string {
  const micros = Math.round((ms - Math.floor(ms)) * 1000);
  const whole = Math.floor(ms) + (micros === 1000 ? 1 : 0);
  const minute = Math.floor(whole / MINUTE_MS);
  if (minute !== lastMinute) {
    minuteText = new Date(minute * MINUTE_MS).toISOString().slice(0, -"00.000Z".length);
    lastMinute = minute;
  }
  const inMinute = whole - minute * MINUTE_MS;
  const seconds = minuteText + digits(Math.floor(inMinute / 1000), 2);
  const millis = inMinute % 1000;
  if (micros > 0 && micros < 1000) return `${seconds}.${digits(millis, 3)}${digits(micros, 3)}Z`;
  return millis === 0 ? `${seconds}Z` : `${seconds}.${digits(millis, 3)}Z`;
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, "0");
}

/** Like `rfc3339`; returns `undefined` for `undefined`. */
export function timeOrNone(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : rfc3339(ms);
}
