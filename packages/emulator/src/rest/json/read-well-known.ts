import { create, type DescMessage, type JsonValue, type Message } from "@bufbuild/protobuf";
import { DurationSchema, FieldMaskSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { parseTimestamp } from "../../service/parse-timestamp.ts";

/** Returns the message, or the reason why the text is not one. */
type Reader = (text: string) => Message | string;

const readers: ReadonlyMap<string, Reader> = new Map([
  [TimestampSchema.typeName, readTimestamp],
  [DurationSchema.typeName, readDuration],
  [FieldMaskSchema.typeName, readFieldMask],
]);

/** The largest number of seconds of a Duration. Source: google/protobuf/duration.proto */
const MOST_SECONDS = 315_576_000_000n;

/**
 * Reads a message of google.protobuf that has a JSON format of its own.
 *
 * @param name - the name of the field in the request
 * @returns the message, or the reason why the value is not one; undefined for other types
 */
export function readWellKnown(type: DescMessage, name: string, json: JsonValue): Message | string | undefined {
  const read = readers.get(type.typeName);
  if (!read) return undefined;
  if (typeof json !== "string") return JSON.stringify(json);
  const message = read(json);
  return typeof message === "string" ? `Field '${name}', ${message}` : message;
}

/** Whether a message has a JSON format of its own, which is a text. */
export function isWellKnown({ typeName }: DescMessage): boolean {
  return readers.has(typeName);
}

function readTimestamp(text: string): Message | string {
  const timestamp = parseTimestamp(text);
  if (timestamp) return timestamp;
  if (/(?:Z|[+-]\d\d:\d\d)$/.test(text)) return `Invalid time format: ${text}`;
  return "Illegal timestamp format; timestamps must end with 'Z' or have a valid timezone offset.";
}

function readDuration(text: string): Message | string {
  if (!text.endsWith("s")) return "Illegal duration format; duration must end with 's'";
  const [match, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/.exec(text) ?? [];
  if (match === undefined || BigInt(whole) > MOST_SECONDS) return `Invalid duration format: ${text}`;
  const factor = sign === "-" ? -1 : 1;
  const nanos = factor * Number(fraction.padEnd(9, "0"));
  // A zero must not be negative: it is compared with the default of the field.
  return create(DurationSchema, { seconds: BigInt(factor) * BigInt(whole), nanos: nanos === 0 ? 0 : nanos });
}

/** Paths are written in camelCase, and accepted in snake_case. */
function readFieldMask(text: string): Message {
  const paths = text === "" ? [] : text.split(",");
  return create(FieldMaskSchema, {
    paths: paths.map((path) => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
  });
}
