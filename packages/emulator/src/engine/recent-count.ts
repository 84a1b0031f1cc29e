/** The length of the window, in seconds. */
const WINDOW_S = 60;

/** Counts events of the last minute. It counts in whole seconds: the current second and the 59 before it. */
export class RecentCount {
  readonly #counts = new Uint32Array(WINDOW_S);
  #second = 0;

  /** @param now - milliseconds since the epoch */
  add(now: number): void {
    this.#moveTo(now);
    const slot = this.#second % WINDOW_S;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
  }

  /** @param now - milliseconds since the epoch */
  total(now: number): number {
    this.#moveTo(now);
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** If the clock was set back, events are counted in the latest second that was reached. */
  #moveTo(now: number): void {
    const second = Math.floor(now / 1000);
    const passed = second - this.#second;
    if (passed >= WINDOW_S) this.#counts.fill(0);
    else for (let next = this.#second + 1; next <= second; next += 1) this.#counts[next % WINDOW_S] = 0;
    this.#second = Math.max(this.#second, second);
  }
}
