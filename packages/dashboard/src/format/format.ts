const counts = new Intl.NumberFormat("en", { useGrouping: true });

/** `12,345` */
export function formatCount(value: number): string {
  return counts.format(value);
}

/** `0.25/s`, `500/s` */
export function formatRate(perSecond: number): string {
  return `${counts.format(Number(perSecond.toPrecision(3)))}/s`;
}

const UNITS = [
  { ms: 86_400_000, unit: "d" },
  { ms: 3_600_000, unit: "h" },
  { ms: 60_000, unit: "min" },
  { ms: 1_000, unit: "s" },
] as const;

/** `850 ms`, `4.2 s`, `3 min 20 s`, `2 d 4 h`: at most two units. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `−${formatDuration(-ms)}`;
  if (ms < 1_000) return withUnit(Math.round(ms), "ms");
  if (ms < 10_000) return withUnit((ms / 1_000).toFixed(1).replace(".0", ""), "s");
  const rounded = Math.round(ms / 1_000) * 1_000;
  const index = UNITS.findIndex((unit) => rounded >= unit.ms);
  const [big, small] = [UNITS[index], UNITS[index + 1]];
  if (big === undefined) return withUnit(Math.round(ms), "ms");
  const count = Math.floor(rounded / big.ms);
  const rest = small === undefined ? 0 : Math.floor((rounded % big.ms) / small.ms);
  const first = withUnit(formatCount(count), big.unit);
  return rest === 0 || small === undefined ? first : withUnit(`${first}\u00a0${rest}`, small.unit);
}

/** `14:03:07`, with the date if it is not the day of `nowMs`. In the browser's time zone. */
export function formatTime(ms: number, nowMs: number): string {
  const time = new Date(ms);
  const clock = time.toLocaleTimeString("en-GB");
  return time.toDateString() === new Date(nowMs).toDateString() ? clock : `${isoDate(time)} ${clock}`;
}

/** `in 3 min`, `2 s ago`: in whole seconds, because it is shown again once a second. */
export function formatRelative(ms: number, nowMs: number): string {
  const distance = Math.round((ms - nowMs) / 1_000) * 1_000;
  if (distance === 0) return "now";
  return distance > 0 ? `in ${formatDuration(distance)}` : `${formatDuration(-distance)} ago`;
}

/** `1.2 kB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return withUnit(bytes, "B");
  const [divisor, unit] = bytes < 1_000_000 ? [1_000, "kB"] : [1_000_000, "MB"];
  return withUnit(Number((bytes / divisor).toPrecision(3)), unit);
}

/** `43 %` of the share 0.43. A small share is not shown as zero. */
export function formatShare(share: number): string {
  return withUnit(share === 0 ? 0 : Math.max(1, Math.round(100 * share)), "%");
}

/** `1 task`, `12 tasks` */
export function plural(count: number, singular: string, many: string = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : many}`;
}

/** The last part of a resource name. */
export function idOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

function isoDate(time: Date): string {
  const part = (value: number): string => String(value).padStart(2, "0");
  return `${time.getFullYear()}-${part(time.getMonth() + 1)}-${part(time.getDate())}`;
}

/** No line may break between a number and its unit. */
function withUnit(value: number | string, unit: string): string {
  return `${value}\u00a0${unit}`;
}
