import { type Duration, durationMs } from "cloudtask/internal";
import { unknownName } from "../args/nearest.ts";
import type { Place } from "./place.ts";
import { ratePerSecond } from "./rate.ts";

/** Makes a checked value of what a file or an argument holds. @throws UsageError that points at the place */
export type Reader<T> = (value: unknown, place: Place) => T;

/** A string that is not empty. */
export const text: Reader<string> = (value, place) => {
  if (typeof value === "string" && value !== "") return value;
  throw place.refuse(`expected a text; received ${shown(value)}`);
};

/** A URL with http:// or https://. */
export const baseUrl: Reader<string> = (value, place) => {
  if (typeof value === "string" && /^https?:\/\//i.test(value) && URL.canParse(value)) return value;
  throw place.refuse(`expected a URL with http:// or https://; received ${shown(value)}`);
};

/** `true` or `false`. */
export const truth: Reader<boolean> = (value, place) => {
  if (typeof value === "boolean") return value;
  throw place.refuse(`expected true or false; received ${shown(value)}`);
};

/** @param least - the least that it may be; @param most - likewise */
export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): Reader<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return (value, place) => {
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    throw place.refuse(`expected an integer ${range}; received ${shown(value)}`);
  };
}

/** A finite number of at least 0. */
export const number: Reader<number> = (value, place) => {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw place.refuse(`expected a number of at least 0; received ${shown(value)}`);
};

/** Attempts of a task; -1 is without limit. */
export const attempts: Reader<number> = (value, place) => {
  if (value === -1 || (typeof value === "number" && Number.isInteger(value) && value >= 1)) return value;
  throw place.refuse(`expected an integer of at least 1, or -1 for no limit; received ${shown(value)}`);
};

/** `"30s"`, or milliseconds. */
export const duration: Reader<Duration> = (value, place) => {
  try {
    durationMs(value as Duration, "");
    return value as Duration;
  } catch {
    throw place.refuse(`expected a duration such as "250ms", "30s", "10m" or "1.5h"; received ${shown(value)}`);
  }
};

/** Dispatches per second: `5`, `"5/s"`, `"100/m"`. */
export const rate: Reader<number> = (value, place) => {
  const perSecond = ratePerSecond(String(value));
  if (perSecond !== undefined && perSecond > 0 && perSecond <= 500) return perSecond;
  throw place.refuse(
    `expected a rate of more than 0 and at most 500 a second, such as 5, 0.5 or "100/m"; received ${shown(value)}`,
  );
};

/** @param item - reads each of a list's values */
export function listOf<T>(item: Reader<T>): Reader<T[]> {
  return (value, place) => {
    if (Array.isArray(value)) return value.map((each, index) => item(each, place.child(index)));
    throw place.refuse(`expected a list; received ${shown(value)}`);
  };
}

/** @param item - reads each of a map's values */
export function mapOf<T>(item: Reader<T>): Reader<Record<string, T>> {
  return (value, place) => {
    const entries = Object.entries(mapping(value, place));
    return Object.fromEntries(entries.map(([key, each]) => [key, item(each, place.child(key))]));
  };
}

/**
 * @param fields - reads the value of each key that there is
 * @returns a reader of maps, in which every key may be missing and no other may stand
 */
export function record<T extends object>(fields: { readonly [K in keyof T]: Reader<T[K]> }): Reader<Partial<T>> {
  const names = Object.keys(fields);
  const readers: Readonly<Record<string, Reader<unknown>>> = fields;
  return (value, place) => {
    const entries = Object.entries(mapping(value, place)).map(([key, each]) => {
      const read = Object.hasOwn(readers, key) ? readers[key] : undefined;
      if (!read) throw place.child(key).refuse(unknownName("key", key, names));
      return [key, read(each, place.child(key))];
    });
    return Object.fromEntries(entries) as Partial<T>;
  };
}

/** @returns a value for a message, cut where it is long */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}

function mapping(value: unknown, place: Place): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw place.refuse(`expected a map of keys and values; received ${shown(value)}`);
}
