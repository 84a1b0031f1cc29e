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

/** Formats dispatches per second as a `Rate`: `5`, or `100/m` if the number per second is not a short decimal. */
export function rateInput(perSecond: number): string {
  if (Number.isInteger(perSecond * 1_000)) return String(perSecond);
  const unit = Object.entries(SECONDS).find(([, seconds]) => isCount(perSecond, seconds));
  return unit === undefined ? String(perSecond) : `${Math.round(perSecond * unit[1])}/${unit[0]}`;
}

function isCount(perSecond: number, seconds: number): boolean {
  return Math.round(perSecond * seconds) / seconds === perSecond;
}
