import type { Figure, Row } from "./benchmark.ts";
import { median, spread } from "./statistics.ts";

/** Formats a number with three significant digits, and with all digits before the point. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  const digits = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function formatFigure(value: number, unit: string): string {
  return unit === "" ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}

export function formatRatio(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(value < 0.1 ? 3 : 2)} ×` : "–";
}

/** Formats the median of a row: "≥" if its load generator was the bottleneck, "–" if it was not measured. */
export function formatMedian({ rounds, isBound }: Row): string {
  return (isBound ? "≥ " : "") + formatNumber(median(rounds));
}

/** Formats the range of a row's rounds; empty if there is only one value. */
export function formatSpread({ rounds }: Row): string {
  const { low, high } = spread(rounds);
  return Number.isNaN(low) || low === high ? "" : `${formatNumber(low)}–${formatNumber(high)}`;
}

/** Returns the title of a figure with its unit. */
export function figureTitle({ title, unit }: Figure): string {
  return unit === "" ? title : `${title}, ${unit}`;
}
