import { setImmediate } from "node:timers/promises";

/** Milliseconds of work after which other requests and deliveries get their turn. */
const SLICE_MS = 5;

/** Milliseconds of work per request. A longer search returns the part that it has found. */
const BUDGET_MS = 200;

/** Divides long work into slices. Between two slices the event loop runs, so deliveries continue. */
export class Slices {
  readonly #budgetMs: number;
  #startedAt = performance.now();
  #usedMs = 0;

  constructor(budgetMs: number = BUDGET_MS) {
    this.#budgetMs = budgetMs;
  }

  /** Whether the work must pause now. Cheap enough to be called for every item. */
  get isOver(): boolean {
    return performance.now() - this.#startedAt >= SLICE_MS;
  }

  /**
   * Lets the event loop run.
   *
   * @returns whether time is left for another slice
   */
  async next(): Promise<boolean> {
    this.#usedMs += performance.now() - this.#startedAt;
    await setImmediate();
    this.#startedAt = performance.now();
    return this.#usedMs < this.#budgetMs;
  }
}
