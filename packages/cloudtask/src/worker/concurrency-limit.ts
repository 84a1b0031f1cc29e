/** The running deliveries of a worker, against its `maxConcurrency`. Unauthenticated requests don't count. */
export class ConcurrencyLimit {
  readonly #max: number;
  readonly #slots = new Set<Slot>();

  constructor(max: number) {
    this.#max = max;
  }

  get isReached(): boolean {
    if (this.#slots.size >= this.#max) this.#releaseExpired();
    return this.#slots.size >= this.#max;
  }

  /** Takes a slot, even beyond the limit. Check `isReached` first, without an `await` in between. */
  take(expiresMs: number): Slot {
    const slot = { expiresMs };
    // Without a limit, the slots need not be counted.
    if (this.#max !== Number.POSITIVE_INFINITY) this.#slots.add(slot);
    return slot;
  }

  release(slot: Slot): void {
    this.#slots.delete(slot);
  }

  /**
   * Cloudflare Workers cancel a request whose caller disconnected, without running its `finally` blocks. So a slot is free again
   * when Cloud Tasks no longer waits for its delivery.
   */
  #releaseExpired(): void {
    const nowMs = Date.now();
    for (const slot of this.#slots) if (slot.expiresMs < nowMs) this.#slots.delete(slot);
  }
}

/** The place of one delivery. */
export interface Slot {
  /** The time at which Cloud Tasks stops waiting for the delivery, in milliseconds since the epoch. */
  expiresMs: number;
}
