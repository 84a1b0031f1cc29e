/** An answer that asks for less halves the rate, but not more often than this: one burst of refusals is one sign. */
const SHORTEST_BETWEEN_CUTS_MS = 1_000;

/** So long after the last cut, and so long after that again, the rate doubles. */
const RECOVERY_STEP_MS = 10_000;

/** The rate is halved at most so often: a queue never stands still. */
const MOST_CUTS = 6;

/** How much the last attempt weighs in the share of failures: about the last 20 count. */
const WEIGHT = 1 / 20;

/** From this share on, a failure counts as overload. */
const HIGH_ERROR_RATE = 0.5;

/** How an attempt ended, as far as throttling cares. */
export type Sign = "succeeded" | "failed" | "overloaded";

/**
 * How far a queue slows down for its targets' sake. Google does not publish how Cloud Tasks does it: this is the
 * approximation of docs/decisions/throttling-model.md.
 */
export class Throttle {
  #cuts = 0;
  #cutAt = Number.NEGATIVE_INFINITY;
  #errorRate = 0;

  /** To be told how every attempt ended. */
  note(sign: Sign, now: number): void {
    this.#errorRate += ((sign === "succeeded" ? 0 : 1) - this.#errorRate) * WEIGHT;
    // A machine whose clock is set back must not slow its queues down for as long.
    this.#cutAt = Math.min(this.#cutAt, now);
    const isOverload = sign === "overloaded" || (sign === "failed" && this.#errorRate > HIGH_ERROR_RATE);
    if (!isOverload || now - this.#cutAt < SHORTEST_BETWEEN_CUTS_MS) return;
    this.#cuts = Math.min(this.#cutsAt(now) + 1, MOST_CUTS);
    this.#cutAt = now;
  }

  /** @returns the share of its rate that the queue may use, more than 0, at most 1 */
  factor(now: number): number {
    return 2 ** -this.#cutsAt(now);
  }

  /** @returns when the factor grows next, infinite where it is 1 */
  nextStepAt(now: number): number {
    if (this.#cutsAt(now) === 0) return Number.POSITIVE_INFINITY;
    return this.#cutAt + (this.#stepsUntil(now) + 1) * RECOVERY_STEP_MS;
  }

  #cutsAt(now: number): number {
    return this.#cuts === 0 ? 0 : Math.max(0, this.#cuts - this.#stepsUntil(now));
  }

  #stepsUntil(now: number): number {
    return Math.max(0, Math.floor((now - this.#cutAt) / RECOVERY_STEP_MS));
  }
}
