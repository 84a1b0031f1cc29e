import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";

/** @returns milliseconds since the epoch, truncated to microseconds as Cloud Tasks stores them */
export function msOfTimestamp({ seconds, nanos }: Timestamp): number {
  return Number(seconds) * 1000 + Math.trunc(nanos / 1000) / 1000;
}

/** The latest time of a Timestamp. Source: google/protobuf/timestamp.proto */
const LAST_MS = Date.parse("9999-12-31T23:59:59.999Z");

/** @param time - milliseconds since the epoch; times after the year 9999 become its end */
export function timestampOf(time: number): Timestamp {
  const ms = Math.min(time, LAST_MS);
  const whole = Math.floor(ms / 1000);
  // Seconds and fraction separately: far in the future, a number cannot hold microseconds since the epoch exactly.
  const micros = Math.round((ms - whole * 1000) * 1000);
  const seconds = whole + Math.trunc(micros / 1_000_000);
  // Not by create(), which takes several times as long. An answer with a task contains two or more.
  return { $typeName: "google.protobuf.Timestamp", seconds: BigInt(seconds), nanos: (micros % 1_000_000) * 1000 };
}

/** @returns milliseconds; 0 for an unset duration */
export function msOfDuration(duration: Duration | undefined): number {
  return duration ? Number(duration.seconds) * 1000 + duration.nanos / 1_000_000 : 0;
}

export function durationOf(ms: number): Duration {
  const seconds = Math.trunc(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1_000_000);
  return { $typeName: "google.protobuf.Duration", seconds: BigInt(seconds), nanos };
}

let pacificFormat: Intl.DateTimeFormat | undefined;

/** Created on first use, because that takes longer than the rest of a start. */
function pacific(): Intl.DateTimeFormat {
  pacificFormat ??= new Intl.DateTimeFormat("en-CA", {
    timeZone: "America/Los_Angeles",
    timeZoneName: "longOffset",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  return pacificFormat;
}

/**
 * Returns a time in RFC 3339 in US Pacific time, to the nanosecond, as the messages of Cloud Tasks contain it:
 * `2026-10-07T09:45:00.5-07:00`.
 */
export function pacificTime({ seconds, nanos }: Timestamp): string {
  const part = new Map<string, string>(
    pacific()
      .formatToParts(Number(seconds) * 1000)
      .map(({ type, value }) => [type, value]),
  );
  const of = (type: string): string => part.get(type) ?? "";
  const fraction = nanos === 0 ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
  const offset = of("timeZoneName").replace("GMT", "");
  return `${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}:${of("second")}${fraction}${offset}`;
}
