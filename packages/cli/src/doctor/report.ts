import { printableText } from "cloudtask/internal";
import { countText } from "../output/count-text.ts";
import type { Terminal, Tone } from "../terminal.ts";
import type { CheckStatus } from "./check.ts";
import type { Checked } from "./run-checks.ts";

const SYMBOLS: Readonly<Record<CheckStatus, readonly [symbol: string, tone: Tone]>> = {
  ok: ["✓", "good"],
  warning: ["!", "warn"],
  failed: ["✗", "bad"],
  unknown: ["?", "warn"],
  skipped: ["–", "dim"],
};

/** The column of the messages. On a narrower terminal, they begin below the name of the check. */
const COLUMN = 16;
const MIN_COLUMNS = 60;
const NARROW_COLUMN = 4;

type View = Pick<Terminal, "paint" | "columns">;

/** Formats the finding of a check: a symbol, its name, its message, and the remedy below. */
export function checkText({ id, status, message, remedy }: Checked, view: View): string {
  const [symbol, tone] = SYMBOLS[status];
  const isNarrow = view.columns !== undefined && view.columns < MIN_COLUMNS;
  const column = isNarrow ? NARROW_COLUMN : COLUMN;
  const first = `${view.paint(tone, symbol)} ${view.paint("strong", isNarrow ? id : id.padEnd(COLUMN - 2))}`;
  const paint = (text: string): string => (status === "skipped" ? view.paint("dim", text) : text);
  const body = wrapped(printableText(message, 2_000), column, view).map(paint);
  const lines = isNarrow
    ? [first, ...body.map((line) => indent(line, column))]
    : [`${first}${body[0]}`, ...body.slice(1).map((line) => indent(line, column))];
  const repair = remedy === undefined ? [] : wrapped(`→ ${printableText(remedy, 2_000)}`, column, view, "  ");
  return [...lines, ...repair.map((line) => indent(line, column))].join("\n");
}

/** Returns the verdict of all checks, in one sentence. */
export function verdictOf(checked: readonly Checked[]): { readonly isOk: boolean; readonly text: string } {
  const named = (status: CheckStatus): readonly string[] =>
    checked.filter((each) => each.status === status).map(({ id }) => id);
  const failures = named("failed");
  const others = (["warning", "unknown"] as const)
    .map((status) => [status, named(status)] as const)
    .filter(([, names]) => names.length > 0)
    .map(([status, names]) => `${status}: ${names.join(", ")}`);
  const found =
    failures.length === 0 ? "no problem found" : `${countText(failures.length, "problem")}: ${failures.join(", ")}`;
  return { isOk: failures.length === 0, text: [found, ...others, `ok: ${named("ok").length}`].join("; ") };
}

/** Formats the verdict, which is the last line. Its symbol is that of the most important status. */
export function verdictText(checked: readonly Checked[], { paint }: View): string {
  const worst = (["failed", "warning", "unknown"] as const).find((each) =>
    checked.some(({ status }) => status === each),
  );
  const [symbol, tone] = SYMBOLS[worst ?? "ok"];
  return paint(tone, `${symbol} ${verdictOf(checked).text}`);
}

/** Breaks a text into lines if the terminal has a width. A longer word stays whole: it may be a URL that someone copies. */
function wrapped(text: string, column: number, { columns }: View, hanging = ""): readonly string[] {
  const width = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(20, columns - column);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && longer.length > width) {
      lines.push(line);
      line = `${hanging}${word}`;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

function indent(line: string, column: number): string {
  return " ".repeat(column) + line;
}
