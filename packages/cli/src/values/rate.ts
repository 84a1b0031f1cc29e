const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Parses a duration of queue.yaml, such as `2d` or `1.5h`, to milliseconds; `undefined` for other text. */
export function ageLimitMs(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d+(?:\.\d*)?)([smhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (SECONDS[unit] ?? 1) * 1_000;
}
