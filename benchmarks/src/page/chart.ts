import type { Figure, Row } from "../harness/benchmark.ts";
import { figureTitle, formatMedian } from "../harness/format.ts";
import type { Result } from "../harness/result.ts";
import { median, spread } from "../harness/statistics.ts";

/** The colors of a chart, for pages with a light or a dark background. */
export interface Palette {
  readonly text: string;
  readonly faint: string;
  readonly ours: string;
  readonly other: string;
}

export const palettes: Readonly<Record<"light" | "dark", Palette>> = {
  light: { text: "#1f2328", faint: "#656d76", ours: "#0969da", other: "#afb8c1" },
  dark: { text: "#e6edf3", faint: "#8d96a0", ours: "#58a6ff", other: "#545d68" },
};

const WIDTH = 760;
const LABELS = 190;
const VALUES = 90;
const BAR = 14;
const LINE = 22;
const HEADING = 30;

type Charted = Pick<Result, "title" | "figures" | "ours">;

/**
 * Draws figures as groups of horizontal bars. Each group has its own scale, and starts at zero. The thin line on a bar is the range of
 * the rounds. The title is for screen readers.
 */
export function chartSvg({ title, figures, ours = [] }: Charted, palette: Palette): string {
  let top = 0;
  const groups = figures.map((figure) => {
    const group = groupSvg(figure, top, { palette, ours });
    top += HEADING + figure.rows.length * LINE;
    return group;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top + 8}" viewBox="0 0 ${WIDTH} ${top + 8}" role="img" aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="13">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<desc id="description">${escapeXml(describeFigures(figures))}</desc>`,
    ...groups.flat(),
    "</svg>\n",
  ].join("\n");
}

/** Returns the figures as a sentence each: the text of a chart for screen readers. */
export function describeFigures(figures: readonly Figure[]): string {
  const sentences = figures.map((figure) => {
    const rows = figure.rows.map((row) => `${row.name} ${formatMedian(row)}`);
    return `${figureTitle(figure)}: ${rows.join(", ")}.`;
  });
  return sentences.join(" ");
}

interface GroupStyle {
  readonly palette: Palette;
  readonly ours: readonly string[];
}

function groupSvg(figure: Figure, top: number, { palette, ours }: GroupStyle): string[] {
  const values = figure.rows.flatMap(({ rounds }) => [median(rounds), spread(rounds).high]);
  const largest = Math.max(...values.filter((value) => !Number.isNaN(value)), Number.MIN_VALUE);
  const scale = (value: number): number => (Math.max(0, value) * (WIDTH - LABELS - VALUES)) / largest;
  return [
    `<text x="0" y="${top + 20}" fill="${palette.text}" font-weight="600">${escapeXml(figureTitle(figure))}</text>`,
    ...figure.rows.flatMap((row, index) => {
      const y = top + HEADING + index * LINE;
      const isOurs = index === 0 || ours.includes(row.name);
      return rowSvg(row, y, { scale, palette, fill: isOurs ? palette.ours : palette.other });
    }),
  ];
}

interface RowStyle {
  readonly scale: (value: number) => number;
  readonly palette: Palette;
  readonly fill: string;
}

function rowSvg(row: Row, y: number, { scale, palette, fill }: RowStyle): string[] {
  const value = median(row.rounds);
  const { low, high } = spread(row.rounds);
  const width = Number.isNaN(value) ? 0 : scale(value);
  const end = LABELS + Math.max(width, Number.isNaN(high) ? 0 : scale(high)) + 8;
  const baseline = y + BAR - 3;
  const middle = y + BAR / 2;
  const range = `<line x1="${px(LABELS + scale(low))}" x2="${px(LABELS + scale(high))}" y1="${middle}" y2="${middle}" stroke="${palette.text}"/>`;
  return [
    `<text x="${LABELS - 10}" y="${baseline}" fill="${palette.faint}" text-anchor="end">${escapeXml(row.name)}</text>`,
    `<rect x="${LABELS}" y="${y}" width="${px(width)}" height="${BAR}" rx="2" fill="${fill}"/>`,
    ...(low < high ? [range] : []),
    `<text x="${px(end)}" y="${baseline}" fill="${palette.text}">${escapeXml(formatMedian(row))}</text>`,
  ];
}

function px(value: number): string {
  return value.toFixed(1);
}

function escapeXml(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
