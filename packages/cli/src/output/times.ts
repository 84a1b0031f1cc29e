import { lengthText } from "../emulator/attempt-line.ts";

/** Formats milliseconds as a duration that the command line accepts: `90s`, `1h`. */
export function durationText(ms: number): string {
  const [size, unit] = UNITS.find(([each]) => ms >= each && ms % each === 0) ?? [1, "ms"];
  return `${ms / size}${unit}`;
}

const UNITS: readonly (readonly [ms: number, unit: string])[] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "m"],
  [1_000, "s"],
];

/** Formats a time relative to now: `5 min ago`, `in 2 h`; `-` without a time. */
export function ageText(time: Date | undefined, now = Date.now()): string {
  if (!time) return "-";
  const ms = now - time.getTime();
  return ms >= 0 ? `${lengthText(ms)} ago` : `in ${lengthText(-ms)}`;
}
