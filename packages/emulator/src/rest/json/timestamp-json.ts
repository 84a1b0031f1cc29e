import { toJson } from "@bufbuild/protobuf";
import { type Timestamp, TimestampSchema } from "@bufbuild/protobuf/wkt";

/** The last second that Date writes with a year of four digits. */
const LAST_SECOND = 253_402_300_799;

/** Writes a time as JSON: in RFC 3339 with 0, 3, 6 or 9 digits of a second, as proto3 requires. */
export function timestampJson(timestamp: Timestamp): string {
  const seconds = Number(timestamp.seconds);
  const { nanos } = timestamp;
  // The library rejects the values that are out of range.
  if (seconds < 0 || seconds > LAST_SECOND || !(nanos >= 0 && nanos < 1e9)) return toJson(TimestampSchema, timestamp);
  const text = new Date(seconds * 1000).toISOString().slice(0, 19);
  if (nanos === 0) return `${text}Z`;
  const digits = String(1e9 + nanos).slice(1);
  return `${text}.${digits.endsWith("000000") ? digits.slice(0, 3) : digits.endsWith("000") ? digits.slice(0, 6) : digits}Z`;
}
