/**
 * Names that stay taken for a while, in the order in which they are free again: they expire from the front, so that no
 * timer and no scan is needed.
 */
export class Tombstones {
  readonly #reusableAt = new Map<string, number>();
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
    this.#reusableAt.delete(name);
    this.#reusableAt.set(name, reusableAt);
  }

  isTaken(name: string, now: number): boolean {
    return (this.#reusableAt.get(name) ?? 0) > now;
  }

  /** Forgets all, without telling. */
  clear(): void {
    this.#reusableAt.clear();
  }

  /** Forgets what has expired. */
  prune(now: number): void {
    for (const [name, reusableAt] of this.#reusableAt) {
      if (reusableAt > now && this.#reusableAt.size <= this.#limit) return;
      this.#reusableAt.delete(name);
      this.#forget(name);
    }
  }
}
