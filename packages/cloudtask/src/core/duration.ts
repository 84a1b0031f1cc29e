/** The unit of a `Duration`. */
export type DurationUnit = "ms" | "s" | "m" | "h" | "d";

/**
 * A length of time: `"250ms"`, `"30s"`, `"10m"`, `"1.5h"`, `"7d"`, or a number of milliseconds.
 *
 * @example
 * ```ts
 * const delay: Duration = "10m";
 * await sendWelcomeEmail({ userId: "123" }).push({ delay });
 * ```
 */
export type Duration = number | `${number}${DurationUnit}`;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Converts a duration to milliseconds.
 *
 * @param option - the name of the option, for the message
 * @returns 0 or more
 * @throws TypeError if it is not a duration, or negative
 */
export function durationMs(duration: Duration, option: string): number {
  const match = typeof duration === "string" ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration) : undefined;
  const ms = match ? Number(match[1]) * (UNIT_MS[match[2] ?? ""] ?? Number.NaN) : duration;
  if (typeof ms === "number" && Number.isFinite(ms) && ms >= 0) return ms;
  throw new TypeError(
    `${option}: expected a duration such as "30s", "10m" or "1.5h", or milliseconds as a number, 0 or more; received ${display(duration)}`,
  );
}

/** Formats milliseconds as the API does, in seconds: `"3.5s"`. */
export function durationJson(ms: number): string {
  return `${Math.round(ms) / 1000}s`;
}

/** Reads a duration of the API, such as `"3.5s"`, as milliseconds; `undefined` if it is no such text. */
export function parseDurationJson(text: unknown): number | undefined {
  const seconds = typeof text === "string" ? /^(-?\d+(?:\.\d+)?)s$/.exec(text)?.[1] : undefined;
  if (seconds === undefined) return undefined;
  // Multiplied by 1000 in decimal: 0.0345 * 1000 has an error in its last digit.
  return Number(`${seconds}e3`);
}

/** Formats milliseconds as a `Duration` in the largest unit that needs no fraction: `"90s"`, `"1h"`. */
export function durationInput(ms: number): `${number}${DurationUnit}` {
  if (ms === 0) return "0s";
  const [unit = "ms", unitMs = 1] =
    Object.entries(UNIT_MS).findLast(([, each]) => ms >= each && Number.isInteger(ms / each)) ?? [];
  return `${ms / unitMs}${unit as DurationUnit}`;
}

/** Formats milliseconds for people: `"720h"`, `"15s"`, `"1h 30m"`. */
export function durationText(ms: number): string {
  if (Math.round(ms) < 1000) return `${Math.round(ms)}ms`;
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ] as const;
  return parts.flatMap(([count, unit]) => (count > 0 ? [`${count}${unit}`] : [])).join(" ");
}

function display(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
