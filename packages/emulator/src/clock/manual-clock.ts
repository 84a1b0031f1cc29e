import { type Duration, durationMs } from "cloudtask/internal";
import { checkClockTime } from "./check-clock-time.ts";
import type { Clock } from "./clock.ts";

interface PendingCall {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * A clock that moves only when it is advanced, so tests need no sleeping and have no races.
 *
 * @example
 * const clock = new ManualClock("2030-01-01T00:00:00Z");
 * await using emulator = await createEmulator({ clock, queues: ["default"] });
 * await emulator.advance("1h"); // runs everything that becomes due within the hour, in order
 */
export class ManualClock implements Clock {
  #now: number;
  readonly #pending = new Set<PendingCall>();

  /**
   * @param start - the initial time: a Date, an ISO 8601 string or milliseconds since the epoch; default: the machine's time
   * @throws TypeError if `start` is not a valid time
   */
  constructor(start: Date | string | number = Date.now()) {
    this.#now = new Date(start).getTime();
    if (Number.isNaN(this.#now)) {
      throw new TypeError(`ManualClock: expected a Date, an ISO 8601 string or epoch milliseconds; received ${start}`);
    }
  }

  /** Returns the current time in milliseconds since the epoch. */
  now(): number {
    return this.#now;
  }

  /**
   * Calls `callback` once, when the clock is advanced to `at` or beyond.
   *
   * @param at - milliseconds since the epoch; if the clock has reached it already, `callback` is called in a microtask
   * @param callback - called without arguments, synchronously within `turnTo()` or `advance()`
   * @returns a function that cancels the call
   */
  wakeAt(at: number, callback: () => void): () => void {
    const call: PendingCall = { at, callback };
    this.#pending.add(call);
    if (at <= this.#now) queueMicrotask(() => this.#fire(call));
    return () => this.#pending.delete(call);
  }

  /**
   * Advances the clock in one jump.
   *
   * @param to - milliseconds since the epoch; a time in the past has no effect
   * @throws TypeError if `to` is not a finite number, or is after the year 9998
   */
  turnTo(to: number): void {
    checkClockTime(to, "ManualClock.turnTo");
    if (to <= this.#now) return;
    this.#now = to;
    for (const call of [...this.#pending].sort((a, b) => a.at - b.at)) {
      if (call.at <= this.#now) this.#fire(call);
    }
  }

  /**
   * Advances the clock in one jump. In contrast, the `advance()` of an emulator goes from event to event and waits for answers.
   *
   * @param by - `"1h"`, `"30s"`, or milliseconds
   * @throws TypeError if `by` is not a duration
   */
  advance(by: Duration): void {
    this.turnTo(this.#now + durationMs(by, "ManualClock.advance"));
  }

  #fire(call: PendingCall): void {
    if (this.#pending.delete(call)) call.callback();
  }
}
