import type { Figure } from "./benchmark.ts";
import { figureTitle, formatMedian, formatRatio, formatSpread } from "./format.ts";
import { judgeAim, markOf } from "./judge-aim.ts";
import { describeMachine } from "./machine.ts";
import type { Result } from "./result.ts";
import { ratio } from "./statistics.ts";

/** Returns a result as text: a table per figure, then the aims, the versions and the machine. */
export function resultText(result: Result): string {
  const { title, figures, aims, versions, remarks, machine, date, seconds } = result;
  const verdicts = aims.map((aim) => judgeAim(aim, figures));
  const aimRows = verdicts.map((verdict) => [
    markOf(verdict),
    verdict.figure,
    verdict.aim.row,
    verdict.measured,
    `aim: ${verdict.wanted}`,
  ]);
  return [
    `\n${title}\n`,
    ...figures.flatMap((figure) => [alignColumns(figureRows(figure)), ""]),
    ...(aimRows.length === 0 ? [] : [alignColumns(aimRows, 5), ""]),
    ...remarks.map((remark) => `Note: ${remark}`),
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(" · "),
    `${describeMachine(machine)} · load ${machine.load.join(" → ")} · ${date} · ${seconds} s`,
  ].join("\n");
}

/** The first row of a figure is ours, and the ratio is that of ours to each other row. */
function figureRows(figure: Figure): string[][] {
  const [ours] = figure.rows;
  return [
    [figureTitle(figure), "median", "min–max", ours === undefined ? "" : `${ours.name} is`],
    ...figure.rows.map((row) => [
      `  ${row.name}`,
      formatMedian(row),
      formatSpread(row),
      row === ours || ours === undefined ? "" : formatRatio(ratio(ours.rounds, row.rounds)),
    ]),
  ];
}

/** Pads cells to columns: the first ones to the right, the others to the left. */
function alignColumns(rows: readonly (readonly string[])[], leftColumns = 1): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column < leftColumns ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("   ")
        .trimEnd(),
    )
    .join("\n");
}
