/**
 * Dispatches per second, or per unit of time: `5`, `0.5`, `"100/m"`, `"10/h"`.
 *
 * @example
 * ```ts
 * const rate: Rate = "100/m";
 * ```
 */
export type Rate = number | `${number}/${"s" | "m" | "h" | "d"}`;

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Converts a rate such as `5`, `5/s`, `100/m`, `10/h` or `1/d` to dispatches per second; `undefined` for other text. */
export function ratePerSecond(text: string): number | undefined {
  const [, count, unit = "s"] = /^(\d+(?:\.\d*)?)(?:\/([smhd]))?$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) / (SECONDS[unit] ?? 1);
}
