import type { Timestamp } from "@bufbuild/protobuf/wkt";

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** The length of a date and a time without fraction and offset. */
const CIVIL = "2026-10-07T09:45:00".length;

/**
 * Parses a time in RFC 3339. `Date.parse()` would accept impossible dates, such as November 31, as a day of the next month.
 *
 * @returns undefined if the text is not a time between the years 1 and 9999
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  if (!rfc3339.test(text) || text.startsWith("0000")) return undefined;
  const ms = Date.parse(`${text.slice(0, CIVIL)}Z`);
  // All other impossible values are rejected by Date.parse().
  if (Number.isNaN(ms) || new Date(ms).getUTCDate() !== Number(text.slice(8, 10))) return undefined;
  const zone = text.endsWith("Z") ? "" : text.slice(-6);
  const ahead = secondsAhead(zone);
  if (ahead === undefined) return undefined;
  const fraction = text.slice(CIVIL + 1, zone === "" ? -1 : -6);
  // Not by create(), which takes several times as long.
  return {
    $typeName: "google.protobuf.Timestamp",
    seconds: BigInt(ms / 1000 - ahead),
    nanos: Number(fraction.padEnd(9, "0")),
  };
}

/** @returns undefined for an impossible offset; 0 for none */
function secondsAhead(zone: string): number | undefined {
  if (zone === "") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -60 : 60) * (hours * 60 + minutes);
}
