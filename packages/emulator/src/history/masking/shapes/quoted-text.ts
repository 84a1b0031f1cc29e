/** A quote with the backslashes before it: none in JSON, one in JSON inside a JSON string, three in JSON inside that. */
export interface Quote {
  readonly start: number;
  readonly end: number;
  readonly backslashes: number;
}

/**
 * The quotes of a text that can be cut off anywhere, contain other text, and contain JSON inside JSON strings. So it cannot be
 * parsed as JSON. Instead, quotes are paired by the backslashes before them.
 */
export class QuotedText {
  readonly text: string;
  readonly quotes: readonly Quote[];
  /** For each quote the index of the next one with fewer backslashes, computed on demand. */
  #nextWithFewer: Int32Array | undefined;

  constructor(text: string) {
    this.text = text;
    this.quotes = [...text.matchAll(/(?<!\\)(\\*)"/g)].map(({ index, 0: { length } }) => {
      return { start: index, end: index + length, backslashes: length - 1 };
    });
  }

  /** Returns the end of a string: its closing quote, the closing quote of the string around it, or the end of the text. */
  endOfString(at: number, backslashes: number): number {
    const index = this.quoteFrom(at);
    const closing = this.closingOf(index, Number.POSITIVE_INFINITY);
    if (closing) return closing.end - 1 - backslashes;
    return this.#outerQuote(index, backslashes)?.start ?? this.text.length;
  }

  /** Returns the end of an object or a list. */
  endOfGroup(at: number, backslashes: number): number {
    const marks = /(?<!\\)\\*"|[{}[\]]/g;
    marks.lastIndex = at;
    let depth = 0;
    for (let mark = marks.exec(this.text); mark; mark = marks.exec(this.text)) {
      const [token] = mark;
      if (token.endsWith('"')) {
        if (token.length - 1 < backslashes) return mark.index;
        marks.lastIndex = Math.max(marks.lastIndex, this.endOfString(mark.index, backslashes) + backslashes + 1);
      } else {
        depth += token === "{" || token === "[" ? 1 : -1;
        if (depth === 0) return mark.index + 1;
      }
    }
    return this.text.length;
  }

  /**
   * Returns the quote that closes the string that this quote opens. If k backslashes precede the opening quote, k precede the
   * closing one too. Backslashes at the end of the string's content come before them, each written as 2(k + 1) backslashes.
   */
  closingOf(index: number, maxLength: number): Quote | undefined {
    const opening = this.quotes[index];
    if (!opening) return undefined;
    const { backslashes, end } = opening;
    for (let next = index + 1; next < this.quotes.length; next += 1) {
      const quote = this.quotes[next];
      if (!quote || quote.backslashes < backslashes || quote.start - end > maxLength) return undefined;
      if (quote.backslashes % (2 * (backslashes + 1)) === backslashes) return quote;
    }
    return undefined;
  }

  /** Returns the index of the first quote at or after a position. */
  quoteFrom(at: number): number {
    let low = 0;
    let high = this.quotes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.quotes[middle]?.start ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Returns the first quote after one with this index that belongs to a string around it. */
  #outerQuote(index: number, backslashes: number): Quote | undefined {
    const next = this.#fewer();
    let outer = (this.quotes[index]?.backslashes ?? 0) < backslashes ? index + 1 : (next[index] ?? -1);
    while (outer >= 0 && (this.quotes[outer]?.backslashes ?? 0) >= backslashes) outer = next[outer] ?? -1;
    return this.quotes[outer];
  }

  #fewer(): Int32Array {
    if (this.#nextWithFewer) return this.#nextWithFewer;
    const next = new Int32Array(this.quotes.length).fill(-1);
    const open: number[] = [];
    for (const [index, { backslashes }] of this.quotes.entries()) {
      for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
        if ((this.quotes[last]?.backslashes ?? 0) <= backslashes) break;
        next[last] = index;
        open.pop();
      }
      open.push(index);
    }
    this.#nextWithFewer = next;
    return next;
  }
}
