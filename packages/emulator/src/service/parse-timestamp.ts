import { create } from "@bufbuild/protobuf";
import { type Timestamp, TimestampSchema } from "@bufbuild/protobuf/wkt";

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/**
 * Parses a time in RFC 3339. `Date.parse()` would accept impossible dates, such as November 31, as a day of the next month.
 *
 * @returns undefined if the text is not a time between the years 1 and 9999
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  const [match, year = "", month = "", day = "", hour = "", minute = "", second = "", fraction = "", sign, ...offset] =
    rfc3339.exec(text) ?? [];
  if (match === undefined || year === "0000") return undefined;
  const civil = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const ms = Date.parse(`${civil}Z`);
  // All other impossible values are rejected by Date.parse().
  if (Number.isNaN(ms) || new Date(ms).getUTCDate() !== Number(day)) return undefined;
  const [hours = 0, minutes = 0] = offset.map(Number);
  if (hours > 23 || minutes > 59) return undefined;
  const ahead = (sign === "-" ? -60 : 60) * (hours * 60 + minutes);
  const seconds = ms / 1000 - (sign === undefined ? 0 : ahead);
  return create(TimestampSchema, { seconds: BigInt(seconds), nanos: Number(fraction.padEnd(9, "0")) });
}
