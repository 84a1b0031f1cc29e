import type { DiscardReason } from "./execution-outcome.ts";

/** The reason of a discard, and its error. */
interface Discard {
  readonly reason: DiscardReason;
  readonly error: unknown;
}

/** An outage of the API can make many discards fail. The oldest ones are forgotten first. */
const MAX_KEPT = 1_000;

/**
 * Remembers the discards that failed in this process. The next attempt of such a task repeats only the discard, and Cloud Tasks
 * does not tell it the error of the earlier attempt.
 */
export class FailedDiscards {
  readonly #discards = new Map<string, Discard>();

  /** @param task - the queue and the id of the task */
  remember(task: string, discard: Discard): void {
    this.#discards.set(task, discard);
    const [oldest] = this.#discards.keys();
    if (this.#discards.size > MAX_KEPT && oldest !== undefined) this.#discards.delete(oldest);
  }

  /** Returns a discard and forgets it; `undefined` if another process made the attempt. */
  take(task: string): Discard | undefined {
    const discard = this.#discards.get(task);
    this.#discards.delete(task);
    return discard;
  }
}
