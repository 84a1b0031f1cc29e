/** Removed names stay at the front of the array until there are more of them than this, and more than half of it. */
const MIN_GAPS_TO_COMPACT = 32;

/**
 * Names of removed tasks or queues that stay taken for a while. They are kept in order of removal and expire from the front,
 * so neither a timer nor a scan is needed. A name with a shorter lifetime than an earlier one is free on time, but stays in
 * memory until the earlier one expires.
 */
export class Tombstones {
  readonly #reusableAt = new Map<string, number>();
  /** Kept beside the map: to find its first key, a Map walks over all keys deleted before it. */
  #order: string[] = [];
  #first = 0;
  readonly #limit: number;
  readonly #onRemove: (name: string) => void;

  /**
   * @param limit - names to keep at most; beyond it the oldest is removed
   * @param onRemove - called for every name that expired or exceeded the limit
   */
  constructor(limit: number, onRemove: (name: string) => void) {
    this.#limit = limit;
    this.#onRemove = onRemove;
  }

  add(name: string, reusableAt: number): void {
    this.#reusableAt.set(name, reusableAt);
    this.#order.push(name);
    while (this.#reusableAt.size > this.#limit) this.#removeFirst();
  }

  isTaken(name: string, now: number): boolean {
    return (this.#reusableAt.get(name) ?? 0) > now;
  }

  /** Removes all names without calling `onRemove`. */
  clear(): void {
    this.#reusableAt.clear();
    this.#order = [];
    this.#first = 0;
  }

  /** Removes names that have expired, up to a limit. */
  prune(now: number, limit: number = Number.POSITIVE_INFINITY): void {
    for (let removed = 0; removed < limit; removed += 1) {
      const name = this.#order[this.#first];
      if (name === undefined || this.isTaken(name, now)) return;
      this.#removeFirst();
    }
  }

  #removeFirst(): void {
    const name = this.#order[this.#first];
    this.#first += 1;
    if (name !== undefined && this.#reusableAt.delete(name)) this.#onRemove(name);
    if (this.#first <= MIN_GAPS_TO_COMPACT || this.#first * 2 <= this.#order.length) return;
    this.#order = this.#order.slice(this.#first);
    this.#first = 0;
  }
}
