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
  /** The sums of the last `read()` and of the last `last()` that are over. An open dashboard reads them several times a second. */
  #sums = { stepMs: 0, buckets: new Map<number, StatsBucket>() };
  #lastSum = { start: Number.NaN, end: Number.NaN, bucket: new StatsBucket() };
  #summedUntil = Number.NEGATIVE_INFINITY;

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
   * Returns the sums of consecutive buckets, the oldest first. The sums must not be changed.
   *
   * @param stepMs - the length of a bucket: whole seconds; whole minutes reach back further
   * @param count - the number of buckets
   * @param now - a time in the last bucket
   */
  read(stepMs: number, count: number, now: number): { readonly start: number; readonly bucket: StatsBucket }[] {
    this.#closeBucket();
    const ring = stepMs % 60_000 === 0 ? this.#minutes : this.#seconds;
    const last = Math.floor(now / stepMs) * stepMs;
    const known = this.#sums.stepMs === stepMs ? this.#sums.buckets : undefined;
    const buckets = new Map<number, StatsBucket>();
    this.#sums = { stepMs, buckets };
    this.#summedUntil = Math.max(this.#summedUntil, last);
    return Array.from({ length: count }, (_, index) => {
      const start = last - (count - 1 - index) * stepMs;
      const bucket = known?.get(start) ?? sumOf(ring, start, stepMs);
      if (start < last) buckets.set(start, bucket);
      return { start, bucket };
    });
  }

  /** Returns the sum of the last seconds. */
  last(seconds: number, now: number): StatsBucket {
    this.#closeBucket();
    const end = Math.floor(now / 1_000) * 1_000;
    const start = end - (seconds - 1) * 1_000;
    if (this.#lastSum.start !== start || this.#lastSum.end !== end) {
      this.#lastSum = { start, end, bucket: sumOf(this.#seconds, start, end - start) };
      this.#summedUntil = Math.max(this.#summedUntil, end);
    }
    const bucket = sumOf(this.#seconds, end, 1_000);
    bucket.addAll(this.#lastSum.bucket);
    return bucket;
  }

  #closeBucket(): void {
    if (this.#open.isEmpty) return;
    if (this.#openAt < this.#summedUntil) this.#forgetSums();
    this.#seconds.at(this.#openAt).addAll(this.#open);
    this.#minutes.at(this.#openAt).addAll(this.#open);
    this.#open = new StatsBucket();
  }

  /** The clock was turned back, and an event was counted in a second that was over. */
  #forgetSums(): void {
    this.#sums = { stepMs: 0, buckets: new Map() };
    this.#lastSum = { start: Number.NaN, end: Number.NaN, bucket: new StatsBucket() };
    this.#summedUntil = Number.NEGATIVE_INFINITY;
  }
}

function sumOf(ring: Ring, start: number, lengthMs: number): StatsBucket {
  const sum = new StatsBucket();
  ring.addTo(sum, start, lengthMs);
  return sum;
}
