/** Gaps at the front of the order are closed when there are more of them than this, and more than names. */
const FEW_GAPS = 32;

/**
 * Names that stay taken for a while, in the order in which they were left: they expire from the front, so that no timer and
 * no scan is needed. Where a name's time is shorter than that of one before it, it is free in time, and forgotten with it.
 */
export class Tombstones {
  readonly #reusableAt = new Map<string, number>();
  /** Beside the map, because finding a map's first key walks over all that were deleted before it. */
  #order: string[] = [];
  #first = 0;
  readonly #limit: number;
  readonly #forget: (name: string) => void;

  /**
   * @param limit - how many to keep at most; the oldest give way
   * @param forget - told of every name that expired or gave way
   */
  constructor(limit: number, forget: (name: string) => void) {
    this.#limit = limit;
    this.#forget = forget;
  }

  add(name: string, reusableAt: number): void {
    this.#reusableAt.set(name, reusableAt);
    this.#order.push(name);
    while (this.#reusableAt.size > this.#limit) this.#forgetFirst();
  }

  isTaken(name: string, now: number): boolean {
    return (this.#reusableAt.get(name) ?? 0) > now;
  }

  /** Forgets all, without telling. */
  clear(): void {
    this.#reusableAt.clear();
    this.#order = [];
    this.#first = 0;
  }

  /** Forgets what has expired. */
  prune(now: number): void {
    for (;;) {
      const name = this.#order[this.#first];
      if (name === undefined || this.isTaken(name, now)) return;
      this.#forgetFirst();
    }
  }

  #forgetFirst(): void {
    const name = this.#order[this.#first];
    this.#first += 1;
    if (name !== undefined && this.#reusableAt.delete(name)) this.#forget(name);
    if (this.#first <= FEW_GAPS || this.#first * 2 <= this.#order.length) return;
    this.#order = this.#order.slice(this.#first);
    this.#first = 0;
  }
}
