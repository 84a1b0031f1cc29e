import { HIDDEN, type HiddenValues } from "../hidden-values.ts";
import { maskCredentials } from "./mask-credentials.ts";
import { matchAt } from "./match-at.ts";
import { QuotedText } from "./quoted-text.ts";

/** A name without quotes and its separator, as in `password = x`, `password: "x"`, `$cfg['password'] = x` and `password => x`. */
const assignment = /(?<![\w$.%~+/@-])([\w$.-]{1,100})((?:['"]?\])?[ \t]{0,20}(?::=|=>|[:=](?!\/\/|[:=]))[ \t]{0,20})/g;

/** A value in single quotes. Without a closing quote it ends with the line. */
const singleQuoted = /'(?:[^'\\\r\n]|\\[^\r\n])*/y;

/** The rest of a line. In JSON the line can end with an escaped line break, or with the string. */
const restOfLine = /(?:[^\r\n"\\]|\\+(?![nr"\\]))+/y;

/** A value between other names, in braces, or in the arguments of a call. */
const untilDelimiter = /(?:[^\r\n"\\,;)}\]<>]|\\+(?![nr"\\]))+/y;

/** A YAML block: the indented lines that follow. */
const block = /[|>][-+\d]{0,3}[ \t]*(?:\r?\n(?:[ \t]+[^\r\n]*)?(?=\r?\n|$))+/y;

/** Lines that are indented more are not read as YAML. */
const MAX_INDENT = 100;

const NO_SECRETS = new Set(["", "null", "true", "false", "none", "nil", "undefined"]);

/** Masks the values of secret names without quotes: configuration files, YAML, JavaScript, GraphQL arguments, printed objects. */
export function maskAssignments(text: string, hidden: HiddenValues): string {
  const quoted = new QuotedText(text);
  const { names } = hidden;
  let masked = "";
  let done = 0;
  assignment.lastIndex = 0;
  for (let found = assignment.exec(text); found; found = assignment.exec(text)) {
    const { index } = found;
    const [whole, name = "", separator = ""] = found;
    // In a JSON string, the name can follow an escaped line break: `\npassword`.
    const isEscaped = text[index - 1] === "\\";
    if (!names.isSecret(name) && !(isEscaped && names.isSecret(name.slice(1)))) continue;
    const at = index + whole.length;
    const value = valueAt(quoted, at, { name, index, separator });
    if (value.length === 0) continue;
    masked += text.slice(done, at) + maskValue(value, hidden);
    done = at + value.length;
    assignment.lastIndex = done;
  }
  return masked + text.slice(done);
}

interface Assignment {
  readonly name: string;
  readonly index: number;
  readonly separator: string;
}

/** Returns the value with its opening quote, without the closing one. */
function valueAt(quoted: QuotedText, at: number, assignment: Assignment): string {
  const { text } = quoted;
  const string = stringAt(quoted, at, assignment);
  if (string !== undefined) return string;
  if (/[{[]/.test(text.charAt(at))) return text.slice(at, quoted.endOfGroup(at, 0));
  const { index, separator } = assignment;
  const indented = separator.includes(":") ? (matchAt(block, text, at) ?? indentedLines(text, at, index)) : "";
  if (indented !== "") return indented;
  // `a=b` without spaces is a parameter, and ends with `&` or white space.
  if (separator === "=") return "";
  const value = matchAt(startsLine(text, index) ? restOfLine : untilDelimiter, text, at) ?? "";
  const end = text[index - 1] === "'" ? value.indexOf("'") : -1;
  return end < 0 ? value : value.slice(0, end);
}

/** Returns a value in quotes. Three quotes, as in GraphQL and Python, enclose a text of several lines. */
function stringAt(quoted: QuotedText, at: number, { index, separator }: Assignment): string | undefined {
  const { text } = quoted;
  const triple = matchAt(/(\\*")\1\1/y, text, at);
  if (triple !== undefined) {
    const end = text.indexOf(triple, at + triple.length);
    return text.slice(at, end < 0 ? text.length : end);
  }
  const quote = matchAt(/\\*"/y, text, at);
  if (quote === undefined) return matchAt(singleQuoted, text, at);
  // A quote that ends the string around the name opens no value.
  if (!separator.includes("]") && isInString(text, index, quote)) return "";
  return text.slice(at, quoted.endOfString(at, quote.length - 1));
}

/** Returns the lines below a name without a value that are indented more than it, such as a YAML list. */
function indentedLines(text: string, at: number, index: number): string {
  const before = text.slice(Math.max(0, index - MAX_INDENT), index);
  const indent = before.slice(before.lastIndexOf("\n") + 1);
  if (!/[\r\n]/.test(text.charAt(at)) || indent.length === MAX_INDENT || indent.trim() !== "") return "";
  return matchAt(new RegExp(`(?:\\r?\\n[ \\t]{${indent.length + 1},}[^\\r\\n]*)+`, "y"), text, at) ?? "";
}

/** Checks whether a name directly follows the same quote, so the next quote closes that string: `"password="`. */
function isInString(text: string, index: number, quote: string): boolean {
  return text.slice(Math.max(0, index - quote.length), index) === quote;
}

/** Checks whether only white space or a keyword precedes a name in its line. */
function startsLine(text: string, index: number): boolean {
  return /(?:^|[\r\n]|\\[nr])[ \t]*(?:export[ \t]+|set[ \t]+|-[ \t]+)?$/.test(
    text.slice(Math.max(0, index - 40), index),
  );
}

function maskValue(value: string, hidden: HiddenValues): string {
  const [, opening = "", content = ""] = /^((?:\\*"){3}|\\*"|')?(.*)$/s.exec(value) ?? [];
  if (opening !== "") return opening + hidden.hide(content);
  if (/^[{[]/.test(value)) return HIDDEN;
  const trimmed = value.trimEnd();
  if (NO_SECRETS.has(trimmed.toLowerCase())) return value;
  return maskCredentials(trimmed, hidden) + value.slice(trimmed.length);
}
