import { LONGEST_TIMER_MS } from "cloudtask/internal";
import { checkTurn } from "./check-turn.ts";
import type { Clock } from "./clock.ts";

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

  /** How far it was turned ahead of the machine's time, in milliseconds. */
  get ahead(): number {
    return this.#ahead;
  }

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
   * @throws TypeError where it is no time, or beyond the year 9998
   */
  turnTo(to: number): void {
    checkTurn(to, "SystemClock.turnTo");
    const rest = to - this.now();
    if (rest <= 0) return;
    this.#ahead += rest;
    for (const arm of this.#waiting) arm();
  }
}
