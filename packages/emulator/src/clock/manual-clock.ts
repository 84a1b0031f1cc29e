import { type Duration, durationMs } from "cloudtask/internal";
import { checkTurn } from "./check-turn.ts";
import type { Clock } from "./clock.ts";

interface Waiting {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until it is turned: tests with it neither sleep nor race.
 *
 * @example
 * const clock = new ManualClock("2030-01-01T00:00:00Z");
 * await using emulator = await createEmulator({ clock, queues: ["default"] });
 * await emulator.advance("1h"); // runs what comes due on the way, in order
 */
export class ManualClock implements Clock {
  #now: number;
  readonly #waiting = new Set<Waiting>();

  /**
   * @param start - the first time it shows: a Date, an ISO string or milliseconds since the epoch; default: the machine's
   * @throws TypeError where it is no time
   */
  constructor(start: Date | string | number = Date.now()) {
    this.#now = new Date(start).getTime();
    if (Number.isNaN(this.#now)) {
      throw new TypeError(`ManualClock: expected a Date, an ISO 8601 string or epoch milliseconds; received ${start}`);
    }
  }

  /** @returns milliseconds since the epoch */
  now(): number {
    return this.#now;
  }

  /**
   * @param at - milliseconds since the epoch
   * @param callback - called once, during the turn that reaches it; after the running code where it is reached already
   * @returns gives it up
   */
  wakeAt(at: number, callback: () => void): () => void {
    const waiting: Waiting = { at, callback };
    this.#waiting.add(waiting);
    if (at <= this.#now) queueMicrotask(() => this.#fire(waiting));
    return () => this.#waiting.delete(waiting);
  }

  /**
   * @param to - milliseconds since the epoch; a time that has passed changes nothing
   * @throws TypeError where it is no time, or beyond the year 9998
   */
  turnTo(to: number): void {
    checkTurn(to, "ManualClock.turnTo");
    if (to <= this.#now) return;
    this.#now = to;
    for (const waiting of [...this.#waiting].sort((a, b) => a.at - b.at)) {
      if (waiting.at <= this.#now) this.#fire(waiting);
    }
  }

  /**
   * Turns the clock ahead in one jump. An emulator's own `advance()` goes step by step and waits for the answers instead.
   *
   * @param by - `"1h"`, `"30s"`, or milliseconds
   * @throws TypeError where it is not a duration
   */
  advance(by: Duration): void {
    this.turnTo(this.#now + durationMs(by, "ManualClock.advance"));
  }

  #fire(waiting: Waiting): void {
    if (this.#waiting.delete(waiting)) waiting.callback();
  }
}
