import { SecretNames } from "./secret-names.ts";

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
  /** The names that mark a secret. */
  readonly names: SecretNames;
  readonly #values = new Set<string>();
  /** The longest value first. If one secret is the beginning of another, no rest of the longer one must remain. */
  #longestFirst: readonly string[] | undefined;

  constructor(names: SecretNames = new SecretNames()) {
    this.names = names;
  }

  /** Whether no secret that is long enough to search for was added. */
  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

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
    if (this.isEmpty) return text;
    this.#longestFirst ??= [...this.#values].sort((a, b) => b.length - a.length);
    const values = this.#longestFirst;
    let scrubbed = text;
    for (const value of values) scrubbed = scrubbed.replaceAll(value, HIDDEN);
    if (!isCut) return scrubbed;
    const partialLength = Math.max(0, ...values.map((value) => overlap(scrubbed, value)));
    return partialLength < MIN_PARTIAL_LENGTH ? scrubbed : scrubbed.slice(0, -partialLength) + HIDDEN;
  }
}

/**
 * Returns the number of characters at the end of the text that are the beginning of the value. Takes linear time, with the
 * prefix function of Knuth, Morris and Pratt: both can be as long as a body.
 */
function overlap(text: string, value: string): number {
  const end = text.slice(-(value.length - 1));
  const borders = new Uint32Array(value.length);
  let length = 0;
  for (let index = 1; index < value.length; index += 1) {
    while (length > 0 && value[index] !== value[length]) length = borders[length - 1] ?? 0;
    if (value[index] === value[length]) length += 1;
    borders[index] = length;
  }
  length = 0;
  for (let index = 0; index < end.length; index += 1) {
    while (length > 0 && end[index] !== value[length]) length = borders[length - 1] ?? 0;
    if (end[index] === value[length]) length += 1;
  }
  return length;
}
