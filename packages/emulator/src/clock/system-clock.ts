import { checkClockTime } from "./check-clock-time.ts";
import type { Clock } from "./clock.ts";

/**
 * The longest timer, in milliseconds. Timers count monotonic time, which stops while a laptop sleeps, and they do not notice
 * when the machine's clock is set. A call that is due by the machine's time is therefore late by this at most.
 */
const MAX_TIMER_MS = 1_000;

/**
 * The time of the machine, plus the time by which the clock was advanced. The default clock of `createEmulator()`.
 *
 * @example
 * const clock = new SystemClock();
 * clock.turnTo(clock.now() + 3_600_000); // from here on, an hour ahead of the machine
 */
export class SystemClock implements Clock {
  #ahead = 0;
  /** One function per pending call, which sets its timer again after the clock was advanced. */
  readonly #armed = new Set<() => void>();

  /** The milliseconds by which the clock is ahead of the machine's time. */
  get ahead(): number {
    return this.#ahead;
  }

  /** Returns the current time in milliseconds since the epoch. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  /**
   * Calls `callback` once, when the clock has reached `at`.
   *
   * @param at - milliseconds since the epoch; a time in the past means as soon as possible
   * @param callback - called without arguments
   * @returns a function that cancels the call
   */
  wakeAt(at: number, callback: () => void): () => void {
    let timer: NodeJS.Timeout | undefined;
    const arm = (): void => {
      clearTimeout(timer);
      const rest = Math.max(0, Math.ceil(at - this.now()));
      timer = setTimeout(() => (this.now() >= at ? fire() : arm()), Math.min(rest, MAX_TIMER_MS));
    };
    const cancel = (): void => {
      clearTimeout(timer);
      this.#armed.delete(arm);
    };
    const fire = (): void => {
      cancel();
      callback();
    };
    this.#armed.add(arm);
    arm();
    return cancel;
  }

  /**
   * Advances the clock.
   *
   * @param to - milliseconds since the epoch; a time in the past has no effect
   * @throws TypeError if `to` is not a finite number, or is after the year 9998
   */
  turnTo(to: number): void {
    checkClockTime(to, "SystemClock.turnTo");
    const rest = to - this.now();
    if (rest <= 0) return;
    this.#ahead += rest;
    for (const arm of this.#armed) arm();
  }

  /** Returns to the time of the machine. */
  reset(): void {
    this.#ahead = 0;
    for (const arm of this.#armed) arm();
  }
}
