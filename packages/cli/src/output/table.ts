import { printableText } from "cloudtask/internal";
import type { Terminal } from "../terminal.ts";

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly isNumber?: boolean;
  /** Whether it is never cut, because it is the argument of other commands. */
  readonly isName?: boolean;
}

type View = Pick<Terminal, "paint" | "columns">;

/** No column is cut to fewer characters. */
const MIN_WIDTH = 12;
const GAP = 2;

/**
 * Formats rows as a table. On a terminal that is too narrow, the widest columns are cut, except names. If that is not enough, a name
 * in the first column gets a line of its own. If even that is not enough, each row becomes a block of lines.
 */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], terminal: View): string {
  const cells = rows.map((row) => columns.map(({ text }) => printableText(text(row), 300)));
  const wanted = columns.map(({ title, isName = false, isNumber = false }, index) => ({
    width: Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)),
    isName,
    isNumber,
  }));
  const available = terminal.columns ?? Number.POSITIVE_INFINITY;
  const lines = [columns.map(({ title }) => title), ...cells];
  const widths = fitted(wanted, available);
  if (widths !== undefined) return joined(lines, (line) => lineOf(line, wanted, widths), terminal);
  const [first, ...others] = wanted;
  const otherWidths = first?.isName ? fitted(others, available - GAP) : undefined;
  if (otherWidths === undefined) return blocks(cells, columns, terminal);
  const indent = " ".repeat(GAP);
  return joined(lines, ([name = "", ...rest]) => `${name}\n${indent}${lineOf(rest, others, otherWidths)}`, terminal);
}

interface Wanted {
  readonly width: number;
  readonly isName: boolean;
  readonly isNumber: boolean;
}

type Line = readonly string[];

function joined([head = [], ...rows]: readonly Line[], format: (line: Line) => string, { paint }: View): string {
  return [paint("dim", format(head)), ...rows.map(format)].join("\n");
}

function lineOf(cells: Line, columns: readonly Wanted[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => aligned(cell, widths[index] ?? 0, columns[index]?.isNumber === true))
    .join(" ".repeat(GAP))
    .trimEnd();
}

/** Returns widths that fit, cutting the widest column first; `undefined` if none do. */
function fitted(wanted: readonly Wanted[], available: number): readonly number[] | undefined {
  const widths = wanted.map(({ width }) => width);
  const total = (): number => widths.reduce((sum, width) => sum + width + GAP, -GAP);
  while (total() > available) {
    const width = Math.max(0, ...widths.filter((_, index) => !wanted[index]?.isName));
    if (width <= MIN_WIDTH) return undefined;
    const widest = widths.findIndex((each, index) => each === width && !wanted[index]?.isName);
    widths[widest] = Math.max(MIN_WIDTH, width - (total() - available));
  }
  return widths;
}

function aligned(cell: string, width: number, isNumber: boolean): string {
  const text = cell.length > width ? `${cell.slice(0, width - 1)}…` : cell;
  return isNumber ? text.padStart(width) : text.padEnd(width);
}

function blocks<Row>(
  cells: readonly (readonly string[])[],
  columns: readonly Column<Row>[],
  { paint }: Pick<Terminal, "paint">,
): string {
  const lines = (row: readonly string[]): string =>
    columns.map(({ title }, index) => `${paint("dim", `${title}:`)} ${row[index]}`).join("\n");
  return cells.map(lines).join("\n\n");
}

/** Formats fields as lines of two columns. Values that are `undefined` are left out. */
export function fields(
  values: readonly (readonly [label: string, value: string | undefined])[],
  { paint }: Pick<Terminal, "paint">,
): string {
  const shown = values.filter((each): each is readonly [string, string] => each[1] !== undefined);
  const width = Math.max(...shown.map(([label]) => label.length));
  return shown
    .map(([label, value]) => `${paint("dim", label.padEnd(width))}  ${printableText(value, 4_000)}`)
    .join("\n");
}
