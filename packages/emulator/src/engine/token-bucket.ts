/** The longest wait for a token, 31 years. Infinity would make times NaN. */
const MAX_TOKEN_MS = 1e12;

/**
 * The token bucket that limits the rate of a queue. Every dispatch takes one token. The bucket holds `maxBurstSize` tokens,
 * starts full, and is refilled continuously at `maxDispatchesPerSecond`.
 *
 * The state is the time at which the bucket will be full again, not a count of tokens. `readyAt()` then gives both the time of
 * the next token and the check whether there is one, so a rounding error cannot wake the engine too early.
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
   * Returns when a token is available.
   *
   * @param now - milliseconds since the epoch
   * @returns milliseconds since the epoch, at or before `now` if there is a token already
   */
  readyAt(now: number): number {
    // If the clock was set back, wait at most for the time that it takes to fill the bucket.
    this.#fullAt = Math.min(this.#fullAt, now + this.#capacity * this.#perTokenMs);
    return this.#fullAt - (this.#capacity - 1) * this.#perTokenMs;
  }

  /** Takes a token. The caller has checked that `readyAt(now) <= now`. */
  take(now: number): void {
    this.#fullAt = Math.max(this.#fullAt, now) + this.#perTokenMs;
  }

  /** Changes rate and capacity. Keeps the available tokens, up to the new capacity. */
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

/** Returns a finite time for every rate, also for 0 and NaN. */
function msPerToken(ratePerSecond: number): number {
  return ratePerSecond > 1000 / MAX_TOKEN_MS ? 1000 / ratePerSecond : MAX_TOKEN_MS;
}
