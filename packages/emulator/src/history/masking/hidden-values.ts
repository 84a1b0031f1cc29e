/** What stands in the place of a secret. */
export const HIDDEN = "***";

/** Shorter values are words that stand anywhere: replacing them would hide more than a secret. */
const SHORTEST = 8;

/** More are not looked for elsewhere: an answer that lists thousands of tokens would take too long. */
const MOST = 100;

/** How much of a secret the end of a text that was cut off may show. */
const SHORTEST_REST = 4;

/**
 * The secrets of one exchange: a value that was hidden in one place is hidden wherever else it stands, because targets like to
 * give back what they were sent.
 */
export class HiddenValues {
  readonly #values = new Set<string>();
  /** The longest first: where one secret begins another, no rest of the longer one may stay. */
  #inOrder: readonly string[] | undefined;

  /** @returns what to show in place of a value, which is the value itself only where it is empty */
  hide(value: string): string {
    if (value === "") return "";
    if (value.length < SHORTEST || this.#values.size >= MOST) return HIDDEN;
    this.#values.add(value);
    this.#inOrder = undefined;
    return HIDDEN;
  }

  /**
   * @param text - that has been masked by itself
   * @param isCut - whether its end is missing: the beginning of a secret may stand there
   * @returns the text without the values hidden so far
   */
  scrub(text: string, isCut = false): string {
    this.#inOrder ??= [...this.#values].sort((a, b) => b.length - a.length);
    const values = this.#inOrder;
    let scrubbed = text;
    for (const value of values) scrubbed = scrubbed.replaceAll(value, HIDDEN);
    if (!isCut) return scrubbed;
    const rest = Math.max(0, ...values.map((value) => overlap(scrubbed, value)));
    return rest < SHORTEST_REST ? scrubbed : scrubbed.slice(0, -rest) + HIDDEN;
  }
}

/** How many characters at the end of the text are the beginning of the value. */
function overlap(text: string, value: string): number {
  for (let length = Math.min(value.length - 1, text.length); length >= SHORTEST_REST; length -= 1) {
    if (text.endsWith(value.slice(0, length))) return length;
  }
  return 0;
}
