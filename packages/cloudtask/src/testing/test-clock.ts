/** The clock of a test client. It moves only when the test client advances or resets it. */
export class TestClock {
  readonly #startMs: number;
  readonly #onTimeChange: ((now: Date) => void) | undefined;
  #nowMs: number;

  /** @param startMs - the initial time, in milliseconds since the epoch */
  constructor(startMs: number, onTimeChange: ((now: Date) => void) | undefined) {
    this.#startMs = startMs;
    this.#onTimeChange = onTimeChange;
    this.#nowMs = startMs;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#nowMs;
  }

  /** Sets a later time; a time that has passed already changes nothing. */
  advanceTo(ms: number): void {
    if (ms > this.#nowMs) this.#set(ms);
  }

  /** Sets the initial time again. */
  reset(): void {
    if (this.#nowMs !== this.#startMs) this.#set(this.#startMs);
  }

  #set(ms: number): void {
    this.#nowMs = ms;
    this.#onTimeChange?.(new Date(ms));
  }
}
