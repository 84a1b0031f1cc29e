/** The longest wait for a token, 31 years: with an infinite one, moments would come out as no numbers. */
const LONGEST_MS = 1e12;

/**
 * The token bucket of a queue: `maxBurstSize` tokens when full, full at start, refilled continuously at
 * `maxDispatchesPerSecond`.
 *
 * It keeps one number, the moment at which it will be full again, rather than a count of tokens: the moment of the next
 * token then comes from the same arithmetic as the check for it, and no rounding can make a waker come too early.
 *
 * Source: `RateLimits.max_burst_size` in google/cloud/tasks/v2/queue.proto.
 */
export class TokenBucket {
  #perTokenMs: number;
  #capacity: number;
  #fullAt = Number.NEGATIVE_INFINITY;

  constructor(ratePerSecond: number, capacity: number) {
    this.#perTokenMs = msPerToken(ratePerSecond);
    this.#capacity = capacity;
  }

  /**
   * @param now - the time, in milliseconds since the epoch
   * @returns when there is a token: `now` or before where there is one already
   */
  readyAt(now: number): number {
    // A machine whose clock is set back must not stop its queues for as long.
    this.#fullAt = Math.min(this.#fullAt, now + this.#capacity * this.#perTokenMs);
    return this.#fullAt - (this.#capacity - 1) * this.#perTokenMs;
  }

  /** Takes a token, once `readyAt` has come. */
  take(now: number): void {
    this.#fullAt = Math.max(this.#fullAt, now) + this.#perTokenMs;
  }

  /** Changes rate and capacity; the tokens that are there stay, as far as they fit. */
  configure(ratePerSecond: number, capacity: number, now: number): void {
    const perTokenMs = msPerToken(ratePerSecond);
    if (this.#perTokenMs === perTokenMs && this.#capacity === capacity) return;
    const missing = Math.max(0, this.#fullAt - now) / this.#perTokenMs;
    const tokens = Math.min(capacity, this.#capacity - missing);
    this.#perTokenMs = perTokenMs;
    this.#capacity = capacity;
    this.#fullAt = now + (capacity - tokens) * this.#perTokenMs;
  }
}

/** Whatever the rate is, a finite time. */
function msPerToken(ratePerSecond: number): number {
  return ratePerSecond > 1000 / LONGEST_MS ? 1000 / ratePerSecond : LONGEST_MS;
}
