/** The calls of `tick()` per second. */
export const TICKS_PER_SECOND = 4;

/** The shortest time between two requests to read the state again, in calls of `tick()`. */
const RESYNC_TICKS = 2 * TICKS_PER_SECOND;

/** Events that are this many times the limit are a flood. */
const FLOOD = 4;

/**
 * Limits the single events of a client. A page cannot show thousands of events per second, and sending them takes more time than
 * the deliveries. In the interval after a flood the client gets none: it must read the state again anyway.
 */
export class EventPace {
  #perTick: number;
  #rest: number;
  /** The events of this interval. */
  #seen = 0;
  #hasSkipped = false;
  #ticks = 0;

  /** @param maxPerSecond - infinite for no limit */
  constructor(maxPerSecond: number) {
    this.#perTick = Math.ceil(maxPerSecond / TICKS_PER_SECOND);
    this.#rest = this.#perTick;
  }

  /** Whether events were skipped and the client was not asked yet to read the state again. */
  get hasSkipped(): boolean {
    return this.#hasSkipped;
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
    this.#seen += 1;
    if (this.#rest > 0) {
      this.#rest -= 1;
      return true;
    }
    this.#hasSkipped = true;
    return false;
  }

  /** @returns whether events were skipped, so the client must read the state again; `true` every two seconds at most */
  tick(): boolean {
    this.#rest = this.#seen > FLOOD * this.#perTick ? 0 : this.#perTick;
    this.#seen = 0;
    this.#ticks += 1;
    if (!this.#hasSkipped || this.#ticks < RESYNC_TICKS) return false;
    this.#hasSkipped = false;
    this.#ticks = 0;
    return true;
  }
}
