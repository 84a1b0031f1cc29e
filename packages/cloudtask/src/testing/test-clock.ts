/** The time of a test client: it moves only when it is turned. */
export class TestClock {
  readonly #startMs: number;
  readonly #onTurn: ((now: Date) => void) | undefined;
  #nowMs: number;

  /**
   * @param startMs - where it begins, in milliseconds since the epoch
   * @param onTurn - told of each turn
   */
  constructor(startMs: number, onTurn: ((now: Date) => void) | undefined) {
    this.#startMs = startMs;
    this.#nowMs = startMs;
    this.#onTurn = onTurn;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#nowMs;
  }

  /**
   * @param toMs - the time it is to be; one that has passed leaves it where it is
   */
  turnTo(toMs: number): void {
    if (toMs > this.#nowMs) this.#set(toMs);
  }

  /** Back to where it began. */
  reset(): void {
    if (this.#nowMs !== this.#startMs) this.#set(this.#startMs);
  }

  #set(ms: number): void {
    this.#nowMs = ms;
    this.#onTurn?.(new Date(ms));
  }
}
