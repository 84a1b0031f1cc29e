/**
 * A moment: a Date, an ISO 8601 string, milliseconds since the epoch, or a `Temporal.Instant` or `Temporal.ZonedDateTime`
 * (of the platform or a polyfill). A string without an offset is read in the client's `timezone`.
 */
export type TimeInput = Date | string | number | { readonly epochMilliseconds: number };

/** 1973 in milliseconds, 5138 in seconds: a number below it was surely meant as seconds. */
const SECONDS_BELOW = 100_000_000_000;

/** The furthest that a Date can tell. Source: https://tc39.es/ecma262/#sec-time-values-and-time-range */
const MAX_DATE_MS = 8.64e15;

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * @param moment - as given
 * @param timezone - IANA name, for a string without an offset
 * @param what - which option it is, for the message
 * @returns milliseconds since the epoch
 * @throws TypeError where it is no moment
 */
export function timeInputMs(moment: TimeInput, timezone: string, what: string): number {
  const ms = readMoment(moment, timezone);
  if (Math.abs(ms) <= MAX_DATE_MS && (typeof moment !== "number" || moment >= SECONDS_BELOW)) return ms;
  const hint = typeof moment === "number" ? "; a number counts milliseconds since the epoch, not seconds" : "";
  throw new TypeError(
    `${what}: expected a Date, an ISO 8601 string such as "2030-01-31T09:00:00Z", epoch milliseconds or a Temporal.Instant` +
      `; received ${typeof moment === "string" ? JSON.stringify(moment) : String(moment)}${hint}`,
  );
}

function readMoment(moment: TimeInput, timezone: string): number {
  if (typeof moment === "number") return moment;
  if (moment instanceof Date) return moment.getTime();
  if (typeof moment === "string") return readIso(moment, timezone);
  return typeof moment === "object" && moment !== null ? Number(moment.epochMilliseconds) : Number.NaN;
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

/** `Date.parse` takes February 30 for March 2. */
function isDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00Z`);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(day);
}

/**
 * A wall clock's reading as a moment. Where the clock is set back and shows the time twice, the first; where it is set
 * forward and skips the time, as much later as it skipped: what Temporal calls "compatible".
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

/** Tells a zone's wall clock, piece by piece. */
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

/** How far a zone's clock is ahead of UTC at a moment, in milliseconds. */
function offsetAt(ms: number, clock: Intl.DateTimeFormat): number {
  const part = Object.fromEntries(clock.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}

/**
 * @param timezone - what was given as a time zone
 * @param what - which option it is, for the message
 * @returns the same, known to be one
 * @throws TypeError where this runtime knows none of that name
 */
export function checkTimezone(timezone: unknown, what: string): string {
  try {
    if (typeof timezone === "string")
      return new Intl.DateTimeFormat("en-US", { timeZone: timezone }).resolvedOptions().timeZone;
  } catch {
    // Falls through to the one message.
  }
  throw new TypeError(`${what}: ${JSON.stringify(timezone)} is no IANA time zone, such as "Europe/Berlin"`);
}
