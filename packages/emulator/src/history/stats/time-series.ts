import { BucketRing } from "./bucket-ring.ts";
import { RecentSum } from "./recent-sum.ts";
import { StatsBucket } from "./stats-bucket.ts";

/** How long a series reaches back. */
export interface Retention {
  /** Buckets of a second. */
  readonly seconds: number;
  /** Buckets of a minute. */
  readonly minutes: number;
}

/** Statistics over time. Seconds are kept for a short time, minutes for a long one. */
export class TimeSeries {
  readonly #seconds: BucketRing;
  readonly #minutes: BucketRing;
  /** Counts the current second. Added to the rings when it is read, or when the second is over: every event is counted once. */
  #open = new StatsBucket();
  #openAt = Number.NaN;
  #second = Number.NaN;
  /** The sums of the last `read()` that are over. An open dashboard reads them several times a second. */
  #sums = { stepMs: 0, buckets: new Map<number, StatsBucket>() };
  #recent: RecentSum | undefined;
  #summedUntil = Number.NEGATIVE_INFINITY;

  constructor({ seconds, minutes }: Retention) {
    this.#seconds = new BucketRing(1_000, seconds);
    this.#minutes = new BucketRing(60_000, minutes);
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
      const bucket = known?.get(start) ?? ring.sum(start, stepMs);
      if (start < last) buckets.set(start, bucket);
      return { start, bucket };
    });
  }

  /** Returns the sum of the last seconds. It is valid until the next call, and must not be changed. */
  last(seconds: number, now: number): StatsBucket {
    this.#closeBucket();
    const end = Math.floor(now / 1_000);
    if (this.#recent?.seconds !== seconds || !this.#recent.moveTo(end)) {
      this.#recent = new RecentSum(this.#seconds, seconds, end);
    }
    return this.#recent.bucket;
  }

  #closeBucket(): void {
    if (this.#open.isEmpty) return;
    if (this.#openAt < this.#summedUntil) this.#forgetSums();
    if (this.#recent?.add(this.#seconds.indexOf(this.#openAt), this.#open) === false) this.#recent = undefined;
    this.#seconds.at(this.#openAt).addAll(this.#open);
    this.#minutes.at(this.#openAt).addAll(this.#open);
    this.#open = new StatsBucket();
  }

  /** The clock was turned back, and an event was counted in a second that was over. */
  #forgetSums(): void {
    this.#sums = { stepMs: 0, buckets: new Map() };
    this.#summedUntil = Number.NEGATIVE_INFINITY;
  }
}
