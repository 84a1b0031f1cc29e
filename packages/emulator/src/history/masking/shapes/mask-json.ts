import { HIDDEN, type HiddenValues } from "../hidden-values.ts";
import { matchAt } from "./match-at.ts";
import type { QuotedText } from "./quoted-text.ts";

/** A longer string is not treated as a key. */
const MAX_KEY_LENGTH = 1_000;

/**
 * Masks the values of secret keys in quotes: strings, numbers, objects and lists. The text can be cut off anywhere, contain other
 * text, and contain JSON inside JSON strings.
 */
export function maskJson(quoted: QuotedText, hidden: HiddenValues): string {
  const { text, quotes } = quoted;
  let masked = "";
  let done = 0;
  for (const [index, opening] of quotes.entries()) {
    if (opening.start < done) continue;
    const valueAt = secretValueAt(quoted, index, hidden);
    if (valueAt === undefined) continue;
    const [end, replacement] = replacementAt(quoted, valueAt, { hidden, backslashes: opening.backslashes });
    masked += text.slice(done, valueAt) + replacement;
    done = end;
  }
  return masked + text.slice(done);
}

/** Returns the start of the value, if this quote opens a secret key. */
function secretValueAt(quoted: QuotedText, index: number, { names }: HiddenValues): number | undefined {
  const { text, quotes } = quoted;
  const opening = quotes[index];
  const closing = quoted.closingOf(index, MAX_KEY_LENGTH);
  if (!opening || !closing) return undefined;
  const colon = matchAt(/(?:\s|\\+[nrt])*(?::|=>)(?:\s|\\+[nrt])*/y, text, closing.end);
  if (colon === undefined) return undefined;
  const key = text.slice(opening.end, closing.start);
  const name = key.replace(/\\+u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return names.isSecret(name) ? closing.end + colon.length : undefined;
}

interface ValueContext {
  readonly hidden: HiddenValues;
  /** The backslashes before the quotes of the key. */
  readonly backslashes: number;
}

/** Returns the end of the value and its replacement. */
function replacementAt(
  quoted: QuotedText,
  at: number,
  { hidden, backslashes }: ValueContext,
): [end: number, replacement: string] {
  const { text } = quoted;
  const quote = `${"\\".repeat(backslashes)}"`;
  const whole = `${quote}${HIDDEN}${quote}`;
  if (text.startsWith(quote, at)) {
    const start = at + quote.length;
    const end = quoted.endOfString(at, backslashes);
    return [end, `${quote}${hidden.hide(text.slice(start, end))}`];
  }
  if (/[{[]/.test(text.charAt(at))) return [quoted.endOfGroup(at, backslashes), whole];
  const literal = matchAt(/[^\s,{}[\]"\\]+/y, text, at) ?? "";
  const isNoSecret = ["", "null", "true", "false"].includes(literal);
  if (!isNoSecret) hidden.hide(literal);
  return [at + literal.length, isNoSecret ? literal : whole];
}
