import type { SettingPosition } from "cloudtask/internal";
import { type Duration, durationMs } from "cloudtask/internal";
import { unknownNameMessage } from "./closest-name.ts";

/** Checks and converts a value of a file or an argument. @throws UsageError with the position of an invalid value */
export type Reader<T> = (value: unknown, position: SettingPosition) => T;

/** Reads a string that is not empty. */
export const text: Reader<string> = (value, position) => {
  if (typeof value === "string" && value !== "") return value;
  throw position.error(`expected a string; received ${formatValue(value)}`);
};

/** Reads a URL with http:// or https://. */
export const baseUrl: Reader<string> = (value, position) => {
  if (typeof value === "string" && /^https?:\/\//i.test(value) && URL.canParse(value)) return value;
  throw position.error(`expected a URL with http:// or https://; received ${formatValue(value)}`);
};

/** Reads `true` or `false`. */
export const boolean: Reader<boolean> = (value, position) => {
  if (typeof value === "boolean") return value;
  throw position.error(`expected true or false; received ${formatValue(value)}`);
};

/** Creates a reader of integers from `least` to `most`. */
export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): Reader<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return (value, position) => {
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    throw position.error(`expected an integer ${range}; received ${formatValue(value)}`);
  };
}

/** Reads a finite number of at least 0. */
export const number: Reader<number> = (value, position) => {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw position.error(`expected a number of at least 0; received ${formatValue(value)}`);
};

/** Reads a duration such as `"30s"`, or milliseconds. */
export const duration: Reader<Duration> = (value, position) => {
  try {
    durationMs(value as Duration, "");
    return value as Duration;
  } catch {
    throw position.error(`expected a duration such as "250ms", "30s", "10m" or "1.5h"; received ${formatValue(value)}`);
  }
};

/** Creates a reader of lists. */
export function listOf<T>(item: Reader<T>): Reader<T[]> {
  return (value, position) => {
    if (Array.isArray(value)) return value.map((each, index) => item(each, position.child(index)));
    throw position.error(`expected a list; received ${formatValue(value)}`);
  };
}

/** Creates a reader of maps with any keys. */
export function mapOf<T>(item: Reader<T>): Reader<Record<string, T>> {
  return (value, position) => {
    const entries = Object.entries(mapping(value, position));
    return Object.fromEntries(entries.map(([key, each]) => [key, item(each, position.child(key))]));
  };
}

/** Creates a reader of maps. Every key is optional, and other keys are rejected. */
export function record<T extends object>(fields: { readonly [K in keyof T]: Reader<T[K]> }): Reader<Partial<T>> {
  const names = Object.keys(fields);
  const readers: Readonly<Record<string, Reader<unknown>>> = fields;
  return (value, position) => {
    const entries = Object.entries(mapping(value, position)).map(([key, each]) => {
      const read = Object.hasOwn(readers, key) ? readers[key] : undefined;
      if (!read) throw position.child(key).error(unknownNameMessage("key", key, names));
      return [key, read(each, position.child(key))];
    });
    return Object.fromEntries(entries) as Partial<T>;
  };
}

/** Formats a value for a message, shortened to 60 characters. */
export function formatValue(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}

function mapping(value: unknown, position: SettingPosition): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw position.error(`expected a map of keys and values; received ${formatValue(value)}`);
}
