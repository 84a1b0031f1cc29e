/**
 * A point in time: a `Date`, an ISO 8601 string, milliseconds since the epoch, or a `Temporal.Instant` or `Temporal.ZonedDateTime`
 * (of the platform or a polyfill). A string without an offset is read in the client's `timezone`.
 *
 * @example
 * ```ts
 * const at: TimeInput = "2030-01-01T09:00:00";
 * await sendWelcomeEmail({ userId: "123" }).push({ at }); // 9:00 in the client's `timezone`
 * ```
 */
export type TimeInput = Date | string | number | { readonly epochMilliseconds: number };

/**
 * This number is in the year 1973 if it counts milliseconds, and in 5138 if it counts seconds. A smaller number probably counts
 * seconds.
 */
const SECONDS_BELOW = 100_000_000_000;

/** The latest time that a Date can represent. Source: https://tc39.es/ecma262/#sec-time-values-and-time-range */
const MAX_DATE_MS = 8.64e15;

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * Converts a point in time to milliseconds since the epoch.
 *
 * @param timezone - the IANA time zone of a string without an offset
 * @param option - the name of the option, for the message
 * @throws TypeError if it is not a point in time
 */
export function timeInputMs(time: TimeInput, timezone: string, option: string): number {
  const ms = epochMs(time, timezone);
  if (Math.abs(ms) <= MAX_DATE_MS && (typeof time !== "number" || time >= SECONDS_BELOW || isLongAgo())) return ms;
  const hint = typeof time === "number" ? "; a number counts milliseconds since the epoch, not seconds" : "";
  throw new TypeError(
    `${option}: expected a Date, an ISO 8601 string such as "2030-01-31T09:00:00Z", epoch milliseconds or a Temporal.Instant` +
      `; received ${typeof time === "string" ? JSON.stringify(time) : String(time)}${hint}`,
  );
}

/** Whether a test has set the clock to the time that a small number would mean, such as 0. */
function isLongAgo(): boolean {
  return Date.now() < SECONDS_BELOW;
}

function epochMs(time: TimeInput, timezone: string): number {
  if (typeof time === "number") return time;
  if (time instanceof Date) return time.getTime();
  if (typeof time === "string") return readIso(time, timezone);
  return typeof time === "object" && time !== null ? Number(time.epochMilliseconds) : Number.NaN;
}

function readIso(text: string, timezone: string): number {
  const match = ISO.exec(text.trim());
  if (match === null) return Number.NaN;
  const iso = match[0].toUpperCase().replace(" ", "T").replace(",", ".");
  if (!isDay(iso.slice(0, 10))) return Number.NaN;
  if (match[1] !== undefined)
    return Date.parse(iso.replace(/([+-]\d{2})$/, "$1:00").replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
  return inZone(Date.parse(iso.includes("T") ? `${iso}Z` : `${iso}T00:00Z`), timezone);
}

/** `Date.parse` reads February 30 as March 2. */
function isDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00Z`);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(day);
}

/**
 * Converts a wall clock time to milliseconds since the epoch. A time that the clock shows twice, when it is set back, means
 * the first of the two. A time that the clock skips, when it is set forward, moves forward by the skipped amount. Temporal
 * calls this "compatible".
 */
function inZone(wallMs: number, timezone: string): number {
  if (timezone === "UTC" || Number.isNaN(wallMs)) return wallMs;
  const clock = clockOf(timezone);
  const day = 86_400_000;
  const before = offsetAt(wallMs - day, clock);
  const after = offsetAt(wallMs + day, clock);
  const fits = [before, after].find((offset) => offsetAt(wallMs - offset, clock) === offset);
  return wallMs - (fits ?? before);
}

/** Formats a time in a zone, in parts. */
function clockOf(timezone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

/** Returns the offset of a zone from UTC at a point in time, in milliseconds. */
function offsetAt(ms: number, clock: Intl.DateTimeFormat): number {
  const part = Object.fromEntries(clock.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}

/**
 * Checks the name of a time zone, and returns its canonical form.
 *
 * @param option - the name of the option, for the message
 * @throws TypeError if this runtime does not know it
 */
export function checkTimezone(timezone: unknown, option: string): string {
  try {
    if (typeof timezone === "string")
      return new Intl.DateTimeFormat("en-US", { timeZone: timezone }).resolvedOptions().timeZone;
  } catch {
    // The error below has a better message.
  }
  throw new TypeError(`${option}: ${JSON.stringify(timezone)} is not an IANA time zone such as "Europe/Berlin"`);
}
