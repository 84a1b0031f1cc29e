/**
 * Formats a time like `2030-01-01T00:00:00.250Z`, with no, three or six fractional digits.
 *
 * @param ms - milliseconds since the epoch, exact to the microsecond
 */
export function rfc3339(ms: number): string {
  const micros = Math.round((ms - Math.floor(ms)) * 1000);
  const whole = new Date(Math.floor(ms) + (micros === 1000 ? 1 : 0)).toISOString();
  if (micros > 0 && micros < 1000) return `${whole.slice(0, -1)}${String(micros).padStart(3, "0")}Z`;
  return whole.replace(".000Z", "Z");
}

/** Like `rfc3339`; returns `undefined` for `undefined`. */
export function timeOrNone(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : rfc3339(ms);
}
