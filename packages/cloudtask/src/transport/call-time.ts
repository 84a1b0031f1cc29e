import type { RetryPolicy } from "./retry-policy.ts";

/** The limit of a wait for a connection. */
export interface WaitLimit {
  readonly limitMs: number;
  /** `true` if the limit starts again whenever another call was answered. */
  readonly renew: boolean;
}

/** The longest wait for a free connection if the total timeout is 0, which disables retries. */
const DEFAULT_WAIT_MS = 20_000;

/**
 * Measures the time of a call, without the waits that do not count: for a connection, and for this process while it is too busy to
 * read its sockets.
 */
export class CallTime {
  readonly #policy: RetryPolicy;
  readonly #now: () => number;
  readonly #startMs: number;
  /** The waits that do not count. */
  #excludedMs = 0;

  /** @param now - returns milliseconds on a monotonic clock */
  constructor(policy: RetryPolicy, now: () => number) {
    this.#policy = policy;
    this.#now = now;
    this.#startMs = now();
  }

  /** Returns the milliseconds since the call began, without the waits that do not count. */
  elapsedMs(): number {
    return this.#now() - this.#startMs - this.#excludedMs;
  }

  /** Returns the limit of a wait for a connection that begins now. */
  waitLimit(): WaitLimit {
    const { includesWait, totalTimeoutMs } = this.#policy;
    if (!includesWait) return { limitMs: totalTimeoutMs || DEFAULT_WAIT_MS, renew: true };
    return { limitMs: Math.max(1, totalTimeoutMs - this.elapsedMs()), renew: false };
  }

  /**
   * Awaits a connection. Unless the total timeout includes the wait, a successful wait does not count as elapsed. A failed wait
   * always counts, so no retry follows it.
   */
  async exclude(wait: Promise<void>): Promise<void> {
    const beforeMs = this.#now();
    await wait;
    if (!this.#policy.includesWait) this.#excludedMs += this.#now() - beforeMs;
  }

  /**
   * Awaits a request. It can take longer than its limit only if the event loop was blocked. Unless the total timeout includes waits,
   * this excess does not count as elapsed: otherwise a connection that broke meanwhile would leave no time for a retry.
   */
  async request<T>(limitMs: number, request: Promise<T>): Promise<T> {
    if (this.#policy.includesWait) return request;
    const beforeMs = this.#now();
    try {
      return await request;
    } finally {
      this.#excludedMs += Math.max(0, this.#now() - beforeMs - limitMs);
    }
  }

  /**
   * Returns the time limit of a request that starts now, in milliseconds.
   *
   * @param timeoutMs - the longest time limit of a request
   */
  requestLimitMs(timeoutMs: number): number {
    const { totalTimeoutMs } = this.#policy;
    if (totalTimeoutMs === 0) return timeoutMs;
    // At least a millisecond: a timer that fires slightly late must not leave the last request without any time.
    return Math.max(1, Math.min(timeoutMs, totalTimeoutMs - this.elapsedMs()));
  }
}
