/** The length of the window, in seconds. */
const WINDOW_S = 60;

/** Counts events of the last minute. It counts in whole seconds: the current second and the 59 before it. */
export class RecentCount {
  readonly #counts = new Uint32Array(WINDOW_S);
  #second = 0;
  #total = 0;

  /** @param now - milliseconds since the epoch */
  add(now: number): void {
    this.#moveTo(now);
    const slot = this.#second % WINDOW_S;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
    this.#total += 1;
  }

  /** @param now - milliseconds since the epoch */
  total(now: number): number {
    this.#moveTo(now);
    return this.#total;
  }

  /** If the clock was set back, events are counted in the latest second that was reached. */
  #moveTo(now: number): void {
    const second = Math.floor(now / 1000);
    const passed = second - this.#second;
    if (passed >= WINDOW_S) this.#clear();
    else for (let next = this.#second + 1; next <= second; next += 1) this.#clearSlot(next % WINDOW_S);
    this.#second = Math.max(this.#second, second);
  }

  #clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  #clearSlot(slot: number): void {
    this.#total -= this.#counts[slot] ?? 0;
    this.#counts[slot] = 0;
  }
}
