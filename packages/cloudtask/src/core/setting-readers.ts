import { nearestName } from "./check-options.ts";
import { type Duration, durationMs } from "./duration.ts";
import type { SettingPosition } from "./setting-position.ts";

/** Checks and converts a setting; throws an error of the position if it is invalid. */
export type SettingReader<T> = (value: unknown, position: SettingPosition) => T;

/** Creates a reader of values for which `accepts` returns `true`. */
export function settingOf<T>(expected: string, accepts: (value: unknown) => value is T): SettingReader<T> {
  return (value, position) => {
    if (accepts(value)) return value;
    throw position.error(`expected ${expected}, received ${settingText(value)}`);
  };
}

/** Creates a reader of strings that match a pattern. */
export function textSetting(expected: string, pattern: RegExp): SettingReader<string> {
  return settingOf(expected, (value): value is string => typeof value === "string" && pattern.test(value));
}

/** Creates a reader of integers from `least` to `most`. */
export function integerSetting(least: number, most: number): SettingReader<number> {
  return settingOf(
    `an integer from ${least} to ${most}`,
    (value): value is number => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  );
}

/** Creates a reader of one of several strings. */
export function oneOf<const T extends string>(...values: readonly T[]): SettingReader<T> {
  return settingOf(values.join(" or "), (value): value is T => values.includes(value as T));
}

/** Reads `true` or `false`. */
export const booleanSetting: SettingReader<boolean> = settingOf(
  "true or false",
  (value): value is boolean => typeof value === "boolean",
);

/** Creates a reader of durations, which returns milliseconds. */
export function durationSetting(
  expected: string,
  accepts: (ms: number) => boolean = () => true,
): SettingReader<number> {
  return (value, position) => {
    const ms = milliseconds(value);
    if (ms !== undefined && accepts(ms)) return ms;
    throw position.error(`expected ${expected}, received ${settingText(value)}`);
  };
}

/** Creates a reader of maps. Every key is optional; an unknown key is an error that suggests the key that was probably meant. */
export function mapSetting<T extends object>(
  fields: { readonly [K in keyof T]-?: SettingReader<T[K]> },
  aliases: Readonly<Record<string, string>> = {},
): SettingReader<Partial<T>> {
  const readers: Readonly<Record<string, SettingReader<unknown>>> = fields;
  const known = Object.keys(fields);
  return (value, position) => {
    const entries = mapEntries(value, position).map(([key, each]) => {
      const read = Object.hasOwn(readers, key) ? readers[key] : undefined;
      if (read === undefined) throw unknownKey(key, position, { known, aliases });
      return [key, read(each, position.child(key))];
    });
    return Object.fromEntries(entries) as Partial<T>;
  };
}

/** Returns the entries of a map, without those that are `undefined`. */
export function mapEntries(value: unknown, position: SettingPosition): readonly (readonly [string, unknown])[] {
  // The entries of a Map are not properties and would be lost.
  if (typeof value !== "object" || value === null || Symbol.iterator in value) {
    throw position.error(`expected a map of settings, received ${settingText(value)}`);
  }
  return Object.entries(value).filter(([, each]) => each !== undefined);
}

/** Formats a value for a message, shortened to 60 characters. */
export function settingText(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Map) return "a Map";
  if (typeof value === "object") return "a map";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function unknownKey(
  key: string,
  position: SettingPosition,
  { known, aliases }: { readonly known: readonly string[]; readonly aliases: Readonly<Record<string, string>> },
): Error {
  const meant = Object.hasOwn(aliases, key) ? aliases[key] : nearestName(key, known);
  return position
    .child(key)
    .error(
      meant === undefined
        ? `unknown setting; the settings are ${known.join(", ")}`
        : `unknown setting; did you mean ${meant}?`,
    );
}

function milliseconds(value: unknown): number | undefined {
  try {
    return durationMs(value as Duration, "");
  } catch {
    return undefined;
  }
}
