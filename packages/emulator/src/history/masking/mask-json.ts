import { HIDDEN, type HiddenValues } from "./hidden-values.ts";
import { isSecretName } from "./secret-names.ts";

/** A quote with the backslashes before it: none in JSON, one in JSON that is a string of JSON, three in one inside that. */
interface Quote {
  readonly start: number;
  readonly end: number;
  readonly backslashes: number;
}

/** A longer key is taken for text. */
const LONGEST_KEY = 1_000;

/**
 * Hides what stands under secret keys, be it a string, a number, an object or a list. The text need not be JSON from end to end:
 * it may be cut off anywhere, hold other text too, and JSON inside strings of JSON. So it is not parsed; quotes are paired by
 * the backslashes before them.
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
    let shown = "";
    let done = 0;
    for (let index = 0; index < this.#quotes.length; index += 1) {
      const opening = this.#quotes[index];
      if (!opening || opening.start < done) continue;
      const valueAt = this.#secretValueAt(index);
      if (valueAt === undefined) continue;
      const [end, replacement] = this.#replacementAt(valueAt, opening.backslashes);
      shown += this.#text.slice(done, valueAt) + replacement;
      done = end;
    }
    return shown + this.#text.slice(done);
  }

  /** Where the value begins, if a secret key opens with this quote. */
  #secretValueAt(index: number): number | undefined {
    const opening = this.#quotes[index];
    const closing = this.#closingOf(index, LONGEST_KEY);
    if (!opening || !closing) return undefined;
    const colon = matchAt(/(?:\s|\\+[nrt])*:(?:\s|\\+[nrt])*/y, this.#text, closing.end);
    if (colon === undefined) return undefined;
    const key = this.#text.slice(opening.end, closing.start);
    const name = key.replace(/\\+u([0-9a-f]{4})/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
    return isSecretName(name) ? closing.end + colon.length : undefined;
  }

  /** @returns where the value ends, and what to show for it */
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
    const isHarmless = ["", "null", "true", "false"].includes(literal);
    if (!isHarmless) this.#hidden.hide(literal);
    return [at + literal.length, isHarmless ? literal : whole];
  }

  /** Where the content of a string ends: at its closing quote, at that of the string around it, or where the text is cut. */
  #endOfString(at: number, backslashes: number): number {
    const index = this.#quoteFrom(at);
    const closing = this.#closingOf(index, Number.POSITIVE_INFINITY);
    if (closing) return closing.end - 1 - backslashes;
    return this.#quotes.slice(index + 1).find((quote) => quote.backslashes < backslashes)?.start ?? this.#text.length;
  }

  /** Where an object or a list ends. */
  #endOfGroup(at: number, backslashes: number): number {
    const marks = /(?<!\\)\\*"|[{}[\]]/g;
    marks.lastIndex = at;
    let depth = 0;
    for (let mark = marks.exec(this.#text); mark; mark = marks.exec(this.#text)) {
      const [what] = mark;
      if (what.endsWith('"')) {
        if (what.length - 1 < backslashes) return mark.index;
        marks.lastIndex = this.#endOfString(mark.index, backslashes) + backslashes + 1;
      } else {
        depth += what === "{" || what === "[" ? 1 : -1;
        if (depth === 0) return mark.index + 1;
      }
    }
    return this.#text.length;
  }

  /**
   * The quote that closes the string that this one opens. With k backslashes before the opening quote, a closing one has k
   * too, after whatever backslashes the string itself ends with, and each of those is written as 2(k + 1).
   */
  #closingOf(index: number, longest: number): Quote | undefined {
    const opening = this.#quotes[index];
    if (!opening) return undefined;
    const { backslashes, end } = opening;
    for (let next = index + 1; next < this.#quotes.length; next += 1) {
      const quote = this.#quotes[next];
      if (!quote || quote.backslashes < backslashes || quote.start - end > longest) return undefined;
      if (quote.backslashes % (2 * (backslashes + 1)) === backslashes) return quote;
    }
    return undefined;
  }

  /** The index of the first quote that starts at this place or after it. */
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

/** @param pattern - sticky */
function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
