import type { Clock } from "./clock.ts";

/** The longest time that setTimeout takes; beyond it, it fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The machine's time, and whatever it was turned ahead. The default of `createEmulator`.
 *
 * @example
 * const clock = new SystemClock();
 * clock.turnTo(clock.now() + 3_600_000); // from here on, an hour ahead of the machine
 */
export class SystemClock implements Clock {
  #ahead = 0;
  readonly #waiting = new Set<() => void>();

  /** @returns milliseconds since the epoch */
  now(): number {
    return Date.now() + this.#ahead;
  }

  /**
   * @param at - milliseconds since the epoch
   * @param callback - called once, when the time has come
   * @returns gives it up
   */
  wakeAt(at: number, callback: () => void): () => void {
    let timer: NodeJS.Timeout | undefined;
    const arm = (): void => {
      clearTimeout(timer);
      const rest = Math.max(0, Math.ceil(at - this.now()));
      timer = setTimeout(() => (this.now() >= at ? fire() : arm()), Math.min(rest, LONGEST_TIMER_MS));
    };
    const cancel = (): void => {
      clearTimeout(timer);
      this.#waiting.delete(arm);
    };
    const fire = (): void => {
      cancel();
      callback();
    };
    this.#waiting.add(arm);
    arm();
    return cancel;
  }

  /**
   * @param to - milliseconds since the epoch; a time that has passed changes nothing
   * @throws TypeError where it is no time
   */
  turnTo(to: number): void {
    if (!Number.isFinite(to)) throw new TypeError(`SystemClock.turnTo: expected epoch milliseconds; received ${to}`);
    const rest = to - this.now();
    if (rest <= 0) return;
    this.#ahead += rest;
    for (const arm of this.#waiting) arm();
  }
}
