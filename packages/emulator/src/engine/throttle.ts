/** Minimum time between two cuts. A burst of 429 and 503 answers therefore counts as one overload. */
const MIN_BETWEEN_CUTS_MS = 1_000;

/** After the last cut, the rate doubles once per step, until it is back at its full value. */
const RECOVERY_STEP_MS = 10_000;

/** Maximum number of cuts in force: a queue keeps at least 1/64 of its rate. */
const MAX_CUTS = 6;

/** Weight of one attempt in the moving average of failures, which covers about the last 20 attempts. */
const ATTEMPT_WEIGHT = 1 / 20;

/** If more than this share of attempts fails, every failure counts as an overload. */
const HIGH_ERROR_RATE = 0.5;

/** The outcome of an attempt as the throttle sees it. `overloaded` means that the target answered 429 or 503. */
export type LoadSignal = "succeeded" | "failed" | "overloaded";

/**
 * Slows a queue down while its targets are overloaded: each overload halves the rate, and every ten seconds without one the
 * rate doubles again. Google does not publish the algorithm of Cloud Tasks. This approximation is described in
 * docs/decisions/throttling-model.md.
 */
export class Throttle {
  /** Cuts in force at the time of the last cut. */
  #cuts = 0;
  #cutAt = Number.NEGATIVE_INFINITY;
  #errorRate = 0;

  /** Must be called once per attempt that ended. */
  record(signal: LoadSignal, now: number): void {
    this.#errorRate += ((signal === "succeeded" ? 0 : 1) - this.#errorRate) * ATTEMPT_WEIGHT;
    // If the clock was set back, recovery must not wait until it has caught up.
    this.#cutAt = Math.min(this.#cutAt, now);
    const isOverload = signal === "overloaded" || (signal === "failed" && this.#errorRate > HIGH_ERROR_RATE);
    if (!isOverload || now - this.#cutAt < MIN_BETWEEN_CUTS_MS) return;
    this.#cuts = Math.min(this.#cutsAt(now) + 1, MAX_CUTS);
    this.#cutAt = now;
  }

  /** Returns the share of its rate that the queue may use now: greater than 0, at most 1. */
  factor(now: number): number {
    return 2 ** -this.#cutsAt(now);
  }

  /** Returns when the factor grows next, in milliseconds since the epoch; infinite if it is 1. */
  nextStepAt(now: number): number {
    if (this.#cutsAt(now) === 0) return Number.POSITIVE_INFINITY;
    return this.#cutAt + (this.#recoveryStepsAt(now) + 1) * RECOVERY_STEP_MS;
  }

  #cutsAt(now: number): number {
    return this.#cuts === 0 ? 0 : Math.max(0, this.#cuts - this.#recoveryStepsAt(now));
  }

  #recoveryStepsAt(now: number): number {
    return Math.max(0, Math.floor((now - this.#cutAt) / RECOVERY_STEP_MS));
  }
}
