import type { Attempt } from "../engine/engine-state.ts";
import type { RunningAttempt } from "./running-attempt.ts";

/**
 * The attempts in flight, in no order. Not a map: a map whose entries come and go replaces its table again and again, and V8 links
 * each table to the next one. Once one of them is in the old generation, all later tables and their entries survive there until
 * the next full garbage collection.
 */
export class RunningAttempts {
  readonly #items: RunningAttempt[] = [];

  [Symbol.iterator](): Iterator<RunningAttempt> {
    return [...this.#items].values();
  }

  add(running: RunningAttempt): void {
    running.index = this.#items.length;
    this.#items.push(running);
  }

  /** @returns whether the attempt was there */
  remove(running: RunningAttempt): boolean {
    const { index } = running;
    if (index < 0) return false;
    running.index = -1;
    const last = this.#items.pop();
    if (last === undefined || last === running) return true;
    this.#items[index] = last;
    last.index = index;
    return true;
  }

  /** Takes time in proportion to the number of attempts. */
  find(attempt: Attempt): RunningAttempt | undefined {
    return this.#items.find((running) => running.attempt === attempt);
  }
}
