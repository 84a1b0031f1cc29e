import { HIDDEN, type HiddenValues } from "./hidden-values.ts";
import { isSecretName } from "./secret-names.ts";

/** A quote with the backslashes before it: none in JSON, one in JSON inside a JSON string, three in JSON inside that. */
interface Quote {
  readonly start: number;
  readonly end: number;
  readonly backslashes: number;
}

/** A longer string is not treated as a key. */
const MAX_KEY_LENGTH = 1_000;

/**
 * Masks the values of secret keys: strings, numbers, objects and lists. The text can be cut off anywhere, contain other text, and
 * contain JSON inside JSON strings. So it cannot be parsed as JSON. Instead, quotes are paired by the backslashes before them.
 */
export function maskJson(text: string, hidden: HiddenValues): string {
  return new JsonText(text, hidden).masked();
}

class JsonText {
  readonly #text: string;
  readonly #hidden: HiddenValues;
  readonly #quotes: readonly Quote[];

  constructor(text: string, hidden: HiddenValues) {
    this.#text = text;
    this.#hidden = hidden;
    this.#quotes = [...text.matchAll(/(?<!\\)(\\*)"/g)].map(({ index, 0: { length } }) => {
      return { start: index, end: index + length, backslashes: length - 1 };
    });
  }

  masked(): string {
    let masked = "";
    let done = 0;
    for (let index = 0; index < this.#quotes.length; index += 1) {
      const opening = this.#quotes[index];
      if (!opening || opening.start < done) continue;
      const valueAt = this.#secretValueAt(index);
      if (valueAt === undefined) continue;
      const [end, replacement] = this.#replacementAt(valueAt, opening.backslashes);
      masked += this.#text.slice(done, valueAt) + replacement;
      done = end;
    }
    return masked + this.#text.slice(done);
  }

  /** Returns the start of the value, if this quote opens a secret key. */
  #secretValueAt(index: number): number | undefined {
    const opening = this.#quotes[index];
    const closing = this.#closingOf(index, MAX_KEY_LENGTH);
    if (!opening || !closing) return undefined;
    const colon = matchAt(/(?:\s|\\+[nrt])*:(?:\s|\\+[nrt])*/y, this.#text, closing.end);
    if (colon === undefined) return undefined;
    const key = this.#text.slice(opening.end, closing.start);
    const name = key.replace(/\\+u([0-9a-f]{4})/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
    return isSecretName(name) ? closing.end + colon.length : undefined;
  }

  /** Returns the end of the value and its replacement. */
  #replacementAt(at: number, backslashes: number): [end: number, replacement: string] {
    const quote = `${"\\".repeat(backslashes)}"`;
    const whole = `${quote}${HIDDEN}${quote}`;
    if (this.#text.startsWith(quote, at)) {
      const start = at + quote.length;
      const end = this.#endOfString(at, backslashes);
      return [end, `${quote}${this.#hidden.hide(this.#text.slice(start, end))}`];
    }
    if (/[{[]/.test(this.#text.charAt(at))) return [this.#endOfGroup(at, backslashes), whole];
    const literal = matchAt(/[^\s,{}[\]"\\]+/y, this.#text, at) ?? "";
    const isNoSecret = ["", "null", "true", "false"].includes(literal);
    if (!isNoSecret) this.#hidden.hide(literal);
    return [at + literal.length, isNoSecret ? literal : whole];
  }

  /** Returns the end of a string: its closing quote, the closing quote of the string around it, or the end of the text. */
  #endOfString(at: number, backslashes: number): number {
    const index = this.#quoteFrom(at);
    const closing = this.#closingOf(index, Number.POSITIVE_INFINITY);
    if (closing) return closing.end - 1 - backslashes;
    return this.#quotes.slice(index + 1).find((quote) => quote.backslashes < backslashes)?.start ?? this.#text.length;
  }

  /** Returns the end of an object or a list. */
  #endOfGroup(at: number, backslashes: number): number {
    const marks = /(?<!\\)\\*"|[{}[\]]/g;
    marks.lastIndex = at;
    let depth = 0;
    for (let mark = marks.exec(this.#text); mark; mark = marks.exec(this.#text)) {
      const [token] = mark;
      if (token.endsWith('"')) {
        if (token.length - 1 < backslashes) return mark.index;
        marks.lastIndex = this.#endOfString(mark.index, backslashes) + backslashes + 1;
      } else {
        depth += token === "{" || token === "[" ? 1 : -1;
        if (depth === 0) return mark.index + 1;
      }
    }
    return this.#text.length;
  }

  /**
   * Returns the quote that closes the string that this quote opens. If k backslashes precede the opening quote, k precede the
   * closing one too. Backslashes at the end of the string's content come before them, each written as 2(k + 1) backslashes.
   */
  #closingOf(index: number, maxLength: number): Quote | undefined {
    const opening = this.#quotes[index];
    if (!opening) return undefined;
    const { backslashes, end } = opening;
    for (let next = index + 1; next < this.#quotes.length; next += 1) {
      const quote = this.#quotes[next];
      if (!quote || quote.backslashes < backslashes || quote.start - end > maxLength) return undefined;
      if (quote.backslashes % (2 * (backslashes + 1)) === backslashes) return quote;
    }
    return undefined;
  }

  /** Returns the index of the first quote at or after a position. */
  #quoteFrom(at: number): number {
    let low = 0;
    let high = this.#quotes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#quotes[middle]?.start ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** @param pattern - a sticky pattern */
function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
