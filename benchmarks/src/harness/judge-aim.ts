import type { Aim, Figure } from "./benchmark.ts";
import { formatFigure, formatRatio } from "./format.ts";
import { median, ratio } from "./statistics.ts";

/** An aim beside its measurement. */
export interface Verdict {
  readonly aim: Aim;
  /** The title of the figure. */
  readonly figure: string;
  /** The aim in words, for example "≤ 1.15 × bare node:http". */
  readonly wanted: string;
  /** The measurement in words, for example "1.08 ×". */
  readonly measured: string;
  /** `undefined` if it was not measured. */
  readonly isMet: boolean | undefined;
}

/** Compares an aim with the figures of its benchmark. */
export function judgeAim(aim: Aim, figures: readonly Figure[]): Verdict {
  const figure = figures.find(({ id }) => id === aim.figure);
  if (figure === undefined) throw new Error(`the aim ${aim.id} names the figure ${aim.figure}, which does not exist`);
  const roundsOf = (name: string) => figure.rows.find((row) => row.name === name)?.rounds ?? [];
  const own = roundsOf(aim.row);
  const value = aim.against === undefined ? median(own) : ratio(own, roundsOf(aim.against));
  const format = (number: number): string =>
    aim.against === undefined ? formatFigure(number, figure.unit) : formatRatio(number);
  const limits = [
    ...(aim.max === undefined ? [] : [`≤ ${format(aim.max)}`]),
    ...(aim.min === undefined ? [] : [`≥ ${format(aim.min)}`]),
  ];
  const { max = Number.POSITIVE_INFINITY, min = Number.NEGATIVE_INFINITY } = aim;
  return {
    aim,
    figure: figure.title,
    wanted: limits.join(" and ") + (aim.against === undefined ? "" : ` ${aim.against}`),
    measured: Number.isNaN(value) ? "not measured" : format(value),
    isMet: Number.isNaN(value) ? undefined : value <= max && value >= min,
  };
}

/** Returns ✓, ✗, or – if the aim was not measured. */
export function markOf({ isMet }: Verdict): string {
  if (isMet === undefined) return "–";
  return isMet ? "✓" : "✗";
}
