import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import { parseTimestamp } from "../../parse-timestamp.ts";
import { msOfDuration, msOfTimestamp } from "../../times.ts";
import type { Token } from "./filter-tokens.ts";

/** Converts the values of a field to numbers, which are compared. */
export interface AmountReader {
  /** Reads a value of a filter; undefined if it does not fit the field. */
  readonly parse: (value: Token) => number | undefined;
  /** Reads the value of a queue; an unset value is 0. */
  readonly read: (value: unknown) => number;
}

const DURATION = "google.protobuf.Duration";
const TIMESTAMP = "google.protobuf.Timestamp";

/** Whether a message is a single value in filters. */
export function isWellKnown({ typeName }: DescMessage): boolean {
  return typeName === DURATION || typeName === TIMESTAMP;
}

/** @returns undefined for text */
export function amountReader(field: DescField): AmountReader | undefined {
  if (field.fieldKind === "enum") return enumReader(field.enum);
  if (field.fieldKind === "message") return field.message.typeName === DURATION ? durationReader : timestampReader;
  if (field.fieldKind === "scalar" && field.scalar !== ScalarType.STRING) return numberReader;
  return undefined;
}

/** Enums are ordered by number, but a number is not a value of an enum. */
function enumReader(type: DescEnum): AmountReader {
  return {
    parse: ({ value }) => type.values.find(({ name }) => name === value.toUpperCase())?.number,
    read: (value) => Number(value ?? 0),
  };
}

const numberReader: AmountReader = {
  parse: ({ value }) => (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(value) ? Number(value) : undefined),
  read: (value) => Number(value ?? 0),
};

const durationReader: AmountReader = {
  parse: ({ value }) => (/^-?(?:\d+\.?\d*|\.\d+)s$/.test(value) ? Number.parseFloat(value) * 1000 : undefined),
  read: (value) => msOfDuration(value as Duration | undefined),
};

const timestampReader: AmountReader = {
  parse: ({ kind, value }) => {
    const time = kind === "text" ? parseTimestamp(value) : undefined;
    return time && msOfTimestamp(time);
  },
  read: (value) => (value === undefined ? 0 : msOfTimestamp(value as Timestamp)),
};
