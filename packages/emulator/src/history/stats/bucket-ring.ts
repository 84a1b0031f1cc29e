import { StatsBucket } from "./stats-bucket.ts";

/** Time buckets of one length, up to a number of them. Empty buckets do not exist. */
export class BucketRing {
  readonly #buckets = new Map<number, StatsBucket>();
  readonly #stepMs: number;
  readonly #capacity: number;
  #last = Number.NEGATIVE_INFINITY;

  constructor(stepMs: number, capacity: number) {
    this.#stepMs = stepMs;
    this.#capacity = capacity;
  }

  /** Returns the index of the bucket of a time. If the clock was turned back, this is the latest bucket. */
  indexOf(now: number): number {
    return Math.max(Math.floor(now / this.#stepMs), this.#last);
  }

  /** Returns the bucket with this index, unless nothing was counted there. */
  get(index: number): StatsBucket | undefined {
    return this.#buckets.get(index);
  }

  /** Returns the bucket of a time. */
  at(now: number): StatsBucket {
    const index = this.indexOf(now);
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

  /** Returns the sum of the buckets from `start` to `start + lengthMs`. */
  sum(start: number, lengthMs: number): StatsBucket {
    const sum = new StatsBucket();
    const first = start / this.#stepMs;
    for (let index = first; index < first + lengthMs / this.#stepMs; index += 1) {
      const bucket = this.#buckets.get(index);
      if (bucket) sum.addAll(bucket);
    }
    return sum;
  }
}
