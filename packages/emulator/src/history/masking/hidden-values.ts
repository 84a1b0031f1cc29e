/** Replaces a secret. */
export const HIDDEN = "***";

/** Shorter values can be common words, so other occurrences of them are not replaced. */
const MIN_LENGTH = 8;

/** Values to search for at most. Searching for thousands of tokens would take too long. */
const MAX_VALUES = 100;

/** Minimum length of a partial secret at the end of a cut-off text to mask it. */
const MIN_PARTIAL_LENGTH = 4;

/**
 * Collects the secrets of one exchange. A value that is masked in one place is masked everywhere in the exchange, because
 * targets often return parts of the request.
 */
export class HiddenValues {
  readonly #values = new Set<string>();
  /** The longest value first. If one secret is the beginning of another, no rest of the longer one must remain. */
  #longestFirst: readonly string[] | undefined;

  /** Adds a secret and returns its replacement. An empty value stays empty. */
  hide(value: string): string {
    if (value === "") return "";
    if (value.length < MIN_LENGTH || this.#values.size >= MAX_VALUES) return HIDDEN;
    this.#values.add(value);
    this.#longestFirst = undefined;
    return HIDDEN;
  }

  /**
   * Replaces all secrets collected so far in a text.
   *
   * @param isCut - whether the text is cut off. Its end can then be the beginning of a secret.
   */
  scrub(text: string, isCut = false): string {
    this.#longestFirst ??= [...this.#values].sort((a, b) => b.length - a.length);
    const values = this.#longestFirst;
    let scrubbed = text;
    for (const value of values) scrubbed = scrubbed.replaceAll(value, HIDDEN);
    if (!isCut) return scrubbed;
    const partialLength = Math.max(0, ...values.map((value) => overlap(scrubbed, value)));
    return partialLength < MIN_PARTIAL_LENGTH ? scrubbed : scrubbed.slice(0, -partialLength) + HIDDEN;
  }
}

/** Returns the number of characters at the end of the text that are the beginning of the value. */
function overlap(text: string, value: string): number {
  for (let length = Math.min(value.length - 1, text.length); length >= MIN_PARTIAL_LENGTH; length -= 1) {
    if (text.endsWith(value.slice(0, length))) return length;
  }
  return 0;
}
