import { NameQueue } from "../memory/name-queue.ts";

/**
 * Names of removed tasks or queues that stay taken for a while. They are kept in order of removal and expire from the front,
 * so neither a timer nor a scan is needed. A name with a shorter lifetime than an earlier one is free on time, but stays in
 * memory until the earlier one expires.
 */
export class Tombstones {
  /** The time at which each name becomes free, in milliseconds since the epoch. */
  readonly #reusableAt = new NameQueue();
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
    while (this.#reusableAt.size > this.#limit) this.#removeFirst();
  }

  isTaken(name: string, now: number): boolean {
    return (this.#reusableAt.get(name) ?? 0) > now;
  }

  /** Removes all names without calling `onRemove`. */
  clear(): void {
    this.#reusableAt.clear();
  }

  /** Removes names that have expired, up to a limit. */
  prune(now: number, limit: number = Number.POSITIVE_INFINITY): void {
    for (let removed = 0; removed < limit; removed += 1) {
      if ((this.#reusableAt.firstValue() ?? Number.POSITIVE_INFINITY) > now) return;
      this.#removeFirst();
    }
  }

  #removeFirst(): void {
    const name = this.#reusableAt.shift();
    if (name !== undefined) this.#onRemove(name);
  }
}
