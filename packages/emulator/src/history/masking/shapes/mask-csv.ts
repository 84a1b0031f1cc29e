import { HIDDEN, type HiddenValues } from "../hidden-values.ts";

/** A cell and what follows it: a delimiter, a line break, or the end. */
const cellPatterns = new Map(
  [",", ";", "\t", "|"].map((delimiter) => [
    delimiter,
    new RegExp(
      `("[^"]*(?:""[^"]*)*"?[^${delimiter}\\r\\n]*|[^${delimiter}\\r\\n]*)(\\${delimiter}|\\r?\\n|\\r|$)`,
      "y",
    ),
  ]),
);

/**
 * Masks the columns of a table whose heading is a secret name.
 *
 * @param isTable - whether the content type is CSV; otherwise only a text whose first line is a list of names is a table
 */
export function maskCsv(text: string, hidden: HiddenValues, isTable: boolean): string {
  const end = text.search(/[\r\n]/);
  const heading = text.slice(0, Math.min(end, 10_000));
  if (end <= 0 || !hidden.names.mayBeIn(heading)) return text;
  const delimiter = [...cellPatterns.keys()].find((each) => heading.includes(each));
  if (!isTable && (delimiter === undefined || !isListOfNames(heading, delimiter))) return text;
  const cell = cellPatterns.get(delimiter ?? ",");
  return cell ? maskColumns(text, hidden, cell) : text;
}

function isListOfNames(heading: string, delimiter: string): boolean {
  return heading
    .replace(/^\ufeff/, "")
    .split(delimiter)
    .every((name) => /^ ?(?:"[^"]{1,100}"|[a-z_][\w.-]*) ?$/i.test(name));
}

function maskColumns(text: string, hidden: HiddenValues, cell: RegExp): string {
  const rows = rowsOf(text, cell);
  const { value: heading = [] } = rows.next();
  const isSecret = heading.map(({ content }) => hidden.names.isSecret(plain(content)));
  if (!isSecret.includes(true)) return text;
  let masked = heading.map(({ content, after }) => content + after).join("");
  for (const row of rows) {
    for (const [column, { content, after }] of row.entries()) {
      masked += (isSecret[column] ? hide(content, hidden) : content) + after;
    }
  }
  return masked;
}

interface Cell {
  readonly content: string;
  /** The delimiter or the line break. */
  readonly after: string;
}

function* rowsOf(text: string, cell: RegExp): Generator<readonly Cell[], undefined> {
  let row: Cell[] = [];
  cell.lastIndex = 0;
  for (let found = cell.exec(text); found; found = cell.exec(text)) {
    const [, content = "", after = ""] = found;
    row.push({ content, after });
    if (after === "") break;
    if (!/[\r\n]/.test(after)) continue;
    yield row;
    row = [];
  }
  yield row;
}

function hide(content: string, hidden: HiddenValues): string {
  const value = plain(content);
  if (value === "") return content;
  hidden.hide(value);
  return content.trimStart().startsWith('"') ? `"${HIDDEN}"` : HIDDEN;
}

/** Returns the content of a cell without quotes. */
function plain(content: string): string {
  return content.trim().replace(/^"|"$/g, "").replaceAll('""', '"');
}
