import { StatsBucket } from "./stats-bucket.ts";

/** How long a series reaches back. */
export interface Retention {
  /** Buckets of a second. */
  readonly seconds: number;
  /** Buckets of a minute. */
  readonly minutes: number;
}

/** The buckets of one length. Empty buckets do not exist. */
class Ring {
  readonly #buckets = new Map<number, StatsBucket>();
  readonly #stepMs: number;
  readonly #capacity: number;
  #last = Number.NEGATIVE_INFINITY;

  constructor(stepMs: number, capacity: number) {
    this.#stepMs = stepMs;
    this.#capacity = capacity;
  }

  /** Returns the bucket of a time. If the clock was turned back, this is the latest bucket. */
  at(now: number): StatsBucket {
    const index = Math.max(Math.floor(now / this.#stepMs), this.#last);
    const found = this.#buckets.get(index);
    if (found) return found;
    this.#last = index;
    for (const old of this.#buckets.keys()) {
      if (old > index - this.#capacity) break;
      this.#buckets.delete(old);
    }
    const bucket = new StatsBucket();
    this.#buckets.set(index, bucket);
    return bucket;
  }

  /** Adds the buckets from `start` to `start + lengthMs` to a sum. */
  addTo(sum: StatsBucket, start: number, lengthMs: number): void {
    const first = start / this.#stepMs;
    for (let index = first; index < first + lengthMs / this.#stepMs; index += 1) {
      const bucket = this.#buckets.get(index);
      if (bucket) sum.addAll(bucket);
    }
  }
}

/** Statistics over time. Seconds are kept for a short time, minutes for a long one. */
export class TimeSeries {
  readonly #seconds: Ring;
  readonly #minutes: Ring;
  /** Counts the current second. Added to the rings when it is read, or when the second is over: every event is counted once. */
  #open = new StatsBucket();
  #openAt = Number.NaN;
  #second = Number.NaN;

  constructor({ seconds, minutes }: Retention) {
    this.#seconds = new Ring(1_000, seconds);
    this.#minutes = new Ring(60_000, minutes);
  }

  /** Returns the bucket in which an event at a time must be counted. */
  at(now: number): StatsBucket {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) {
      this.#closeBucket();
      this.#second = second;
      this.#openAt = now;
    }
    return this.#open;
  }

  /**
   * Returns the sums of consecutive buckets, the oldest first.
   *
   * @param stepMs - the length of a bucket: whole seconds; whole minutes reach back further
   * @param count - the number of buckets
   * @param now - a time in the last bucket
   */
  read(stepMs: number, count: number, now: number): { readonly start: number; readonly bucket: StatsBucket }[] {
    this.#closeBucket();
    const ring = stepMs % 60_000 === 0 ? this.#minutes : this.#seconds;
    const last = Math.floor(now / stepMs) * stepMs;
    return Array.from({ length: count }, (_, index) => {
      const start = last - (count - 1 - index) * stepMs;
      const bucket = new StatsBucket();
      ring.addTo(bucket, start, stepMs);
      return { start, bucket };
    });
  }

  /** Returns the sum of the last seconds. */
  last(seconds: number, now: number): StatsBucket {
    this.#closeBucket();
    const bucket = new StatsBucket();
    this.#seconds.addTo(bucket, (Math.floor(now / 1_000) - seconds + 1) * 1_000, seconds * 1_000);
    return bucket;
  }

  #closeBucket(): void {
    if (this.#open.isEmpty) return;
    this.#seconds.at(this.#openAt).addAll(this.#open);
    this.#minutes.at(this.#openAt).addAll(this.#open);
    this.#open = new StatsBucket();
  }
}
