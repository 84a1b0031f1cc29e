const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/**
 * @param text - `5`, or as queue.yaml has it: `5/s`, `100/m`, `10/h`, `1/d`
 * @returns dispatches per second; undefined where it is no rate
 */
export function ratePerSecond(text: string): number | undefined {
  const [, count, unit = "s"] = /^(\d+(?:\.\d*)?)(?:\/([smhd]))?$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) / (SECONDS[unit] ?? 1);
}

/**
 * @param text - a length of time as queue.yaml has it: `2d`, `1.5h`
 * @returns milliseconds; undefined where it is none
 */
export function ageLimitMs(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d+(?:\.\d*)?)([smhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (SECONDS[unit] ?? 1) * 1_000;
}
