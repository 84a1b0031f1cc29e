import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import { checkTimezone, type TimeInput, timeInputMs } from "./time-input.ts";

const iso = (moment: TimeInput, timezone = "UTC"): string =>
  new Date(timeInputMs(moment, timezone, "at")).toISOString();

test.each<[string, TimeInput, string]>([
  ["a Date", new Date("2030-01-31T09:00:00Z"), "2030-01-31T09:00:00.000Z"],
  ["a Date of long ago", new Date(0), "1970-01-01T00:00:00.000Z"],
  ["epoch milliseconds", 1_896_080_400_000, "2030-01-31T09:00:00.000Z"],
  ["Temporal.Instant", Temporal.Instant.from("2030-01-31T09:00Z"), "2030-01-31T09:00:00.000Z"],
  ["Temporal.ZonedDateTime", Temporal.ZonedDateTime.from("2030-01-31T09:00[Asia/Kolkata]"), "2030-01-31T03:30:00.000Z"],
  ["Z", "2030-01-31T09:00:00Z", "2030-01-31T09:00:00.000Z"],
  ["lower case", "2030-01-31t09:00:00z", "2030-01-31T09:00:00.000Z"],
  ["no seconds", "2030-01-31T09:00Z", "2030-01-31T09:00:00.000Z"],
  ["a space between date and time", "2030-01-31 09:00:00Z", "2030-01-31T09:00:00.000Z"],
  ["a fraction after a point", "2030-01-31T09:00:00.25Z", "2030-01-31T09:00:00.250Z"],
  ["a fraction after a comma", "2030-01-31T09:00:00,25Z", "2030-01-31T09:00:00.250Z"],
  ["nanoseconds", "2030-01-31T09:00:00.123456789Z", "2030-01-31T09:00:00.123Z"],
  ["+hh:mm", "2030-01-31T09:00:00+05:30", "2030-01-31T03:30:00.000Z"],
  ["+hhmm", "2030-01-31T09:00:00+0530", "2030-01-31T03:30:00.000Z"],
  ["-hh", "2030-01-31T09:00-05", "2030-01-31T14:00:00.000Z"],
  ["space around it", "  2030-01-31T09:00:00Z\n", "2030-01-31T09:00:00.000Z"],
  ["a leap day", "2028-02-29", "2028-02-29T00:00:00.000Z"],
  ["the midnight that ends a day", "2030-01-31T24:00Z", "2030-02-01T00:00:00.000Z"],
])("%s is accepted", (_, moment, expected) => {
  expect(iso(moment)).toBe(expected);
});

test("a string with an offset means the same in every client time zone", () => {
  expect(iso("2030-07-01T09:00:00+02:00", "America/New_York")).toBe("2030-07-01T07:00:00.000Z");
});

test.each([
  ["midnight for a date without a time", "2030-01-31", "Europe/Berlin", "2030-01-30T23:00:00.000Z"],
  ["winter in Berlin", "2030-01-31T09:00", "Europe/Berlin", "2030-01-31T08:00:00.000Z"],
  ["summer in Berlin", "2030-07-31T09:00", "Europe/Berlin", "2030-07-31T07:00:00.000Z"],
  ["half an hour", "2030-01-31T09:00", "Asia/Kolkata", "2030-01-31T03:30:00.000Z"],
  ["three quarters", "2030-01-31T09:00", "Asia/Kathmandu", "2030-01-31T03:15:00.000Z"],
  ["the first to see the day", "2030-01-31T09:00", "Pacific/Kiritimati", "2030-01-30T19:00:00.000Z"],
  ["a skipped hour in the north", "2030-03-31T02:30", "Europe/Berlin", "2030-03-31T01:30:00.000Z"],
  ["an hour shown twice in the north", "2030-10-27T02:30", "Europe/Berlin", "2030-10-27T00:30:00.000Z"],
  ["a skipped hour in the west", "2030-03-10T02:30", "America/New_York", "2030-03-10T07:30:00.000Z"],
  ["an hour shown twice in the west", "2030-11-03T01:30", "America/New_York", "2030-11-03T05:30:00.000Z"],
  ["a skipped hour in the south", "2030-10-06T02:30", "Australia/Sydney", "2030-10-05T16:30:00.000Z"],
  ["an hour shown twice in the south", "2030-04-07T02:30", "Australia/Sydney", "2030-04-06T15:30:00.000Z"],
  ["a skipped half hour", "2030-10-06T02:15", "Australia/Lord_Howe", "2030-10-05T15:45:00.000Z"],
  ["a skipped day", "2011-12-30T12:00", "Pacific/Apia", "2011-12-30T22:00:00.000Z"],
])("a string without an offset is read in the client's time zone: %s", (_, moment, timezone, expected) => {
  expect(iso(moment, timezone)).toBe(expected);
});

const ZONES = [
  "UTC",
  "Africa/Casablanca",
  "America/Caracas",
  "America/New_York",
  "America/Sao_Paulo",
  "America/St_Johns",
  "Antarctica/Troll",
  "Asia/Kathmandu",
  "Asia/Kolkata",
  "Asia/Pyongyang",
  "Asia/Tehran",
  "Australia/Lord_Howe",
  "Europe/Berlin",
  "Europe/Dublin",
  "Pacific/Apia",
  "Pacific/Kiritimati",
] as const;
const zone = fc.constantFrom(...ZONES);
const instant = fc.integer({ min: 0, max: Date.UTC(2090, 0) }).map(Temporal.Instant.fromEpochMilliseconds);

function likeTemporal(wall: Temporal.PlainDateTime, timezone: string): void {
  const { epochMilliseconds } = wall.toZonedDateTime(timezone, { disambiguation: "compatible" });
  expect(iso(wall.toString(), timezone)).toBe(new Date(epochMilliseconds).toISOString());
}

test("a wall time in a zone is resolved as Temporal's compatible does", () => {
  fc.assert(
    fc.property(instant, zone, (at, timezone) =>
      likeTemporal(at.toZonedDateTimeISO("UTC").toPlainDateTime(), timezone),
    ),
  );
});

test("a wall time around a clock change is resolved as Temporal's compatible does", () => {
  const minutes = fc.integer({ min: -26 * 60, max: 26 * 60 });
  fc.assert(
    fc.property(instant, zone, minutes, (at, timezone, minutes) => {
      const zoned = at.toZonedDateTimeISO(timezone);
      const change = zoned.getTimeZoneTransition("next") ?? zoned;
      likeTemporal(change.toPlainDateTime().add({ minutes }), timezone);
    }),
    { numRuns: 400 },
  );
});

test.each([
  ["seconds since the epoch", 1_896_080_400, "received 1896080400; a number counts milliseconds since the epoch, not"],
  ["zero", 0, "received 0; a number counts milliseconds"],
  ["NaN", Number.NaN, "received NaN; a number counts milliseconds"],
  ["nanoseconds since the epoch", 1_896_080_400_000_000_000, "received 1896080400000000000"],
  ["an invalid Date", new Date(Number.NaN), "received Invalid Date"],
  ["another format", "31.01.2030 09:00", 'received "31.01.2030 09:00"'],
  ["a format of the HTTP world", "Thu, 31 Jan 2030 09:00:00 GMT", "received "],
  ["nothing", "", 'received ""'],
  ["a month that does not exist", "2030-13-01", 'received "2030-13-01"'],
  ["a day that does not exist", "2030-02-30T09:00Z", 'received "2030-02-30T09:00Z"'],
  ["a leap day in another year", "2030-02-29", 'received "2030-02-29"'],
  ["an hour that does not exist", "2030-01-31T25:00", 'received "2030-01-31T25:00"'],
  ["an offset that does not exist", "2030-01-31T09:00+25:00", 'received "2030-01-31T09:00+25:00"'],
  ["an offset without a time", "2030-01-31+02:00", 'received "2030-01-31+02:00"'],
  ["Z without a time", "2030-01-31Z", 'received "2030-01-31Z"'],
  ["null", null, "received null"],
  ["true", true, "received true"],
  ["a big integer", 1_896_080_400_000n, "received 1896080400000"],
  ["Temporal.PlainDateTime", Temporal.PlainDateTime.from("2030-01-31T09:00"), "received 2030-01-31T09:00:00"],
  ["an empty object", {}, "received [object Object]"],
])("%s is rejected", (_, moment, fragment) => {
  const read = () => timeInputMs(moment as TimeInput, "UTC", "pushing: at");
  expect(read).toThrow(TypeError);
  expect(read).toThrow('pushing: at: expected a Date, an ISO 8601 string such as "2030-01-31T09:00:00Z"');
  expect(read).toThrow(fragment);
});

test.each(["UTC", "Europe/Berlin", "Pacific/Apia"])("%s is a time zone", (timezone) => {
  expect(checkTimezone(timezone, "timezone")).toBe(timezone);
});

test.each(["", "Berlin", "Europe/Atlantis", 1, null, undefined])("%j is not a time zone", (timezone) => {
  expect(() => checkTimezone(timezone, "timezone")).toThrow(
    new TypeError(`timezone: ${JSON.stringify(timezone)} is not an IANA time zone such as "Europe/Berlin"`),
  );
});
