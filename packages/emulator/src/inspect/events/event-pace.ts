/** The calls of `tick()` per second. */
export const TICKS_PER_SECOND = 4;

/**
 * Limits the single events of a client. A page cannot show thousands of events per second, and sending them takes more time than
 * the deliveries.
 */
export class EventPace {
  #perTick: number;
  #rest: number;
  #hasSkipped = false;
  #ticks = 0;

  /** @param maxPerSecond - infinite for no limit */
  constructor(maxPerSecond: number) {
    this.#perTick = Math.ceil(maxPerSecond / TICKS_PER_SECOND);
    this.#rest = this.#perTick;
  }

  /** Raises the limit, unless it is greater already. */
  raise(maxPerSecond: number): void {
    const perTick = Math.ceil(maxPerSecond / TICKS_PER_SECOND);
    if (perTick <= this.#perTick) return;
    this.#rest += perTick === Number.POSITIVE_INFINITY ? perTick : perTick - this.#perTick;
    this.#perTick = perTick;
  }

  /** Must be called for each event. @returns whether it is sent */
  take(): boolean {
    if (this.#rest > 0) {
      this.#rest -= 1;
      return true;
    }
    this.#hasSkipped = true;
    return false;
  }

  /** @returns whether events were skipped, so the client must read the state again; `true` once a second at most */
  tick(): boolean {
    this.#rest = this.#perTick;
    this.#ticks += 1;
    if (!this.#hasSkipped || this.#ticks < TICKS_PER_SECOND) return false;
    this.#hasSkipped = false;
    this.#ticks = 0;
    return true;
  }
}
