import type { BucketRing } from "./bucket-ring.ts";
import type { StatsBucket } from "./stats-bucket.ts";

/**
 * The sum of the last seconds. When time passes, the buckets of new seconds are added and those of old ones removed, because an open
 * dashboard reads it several times a second for each queue.
 */
export class RecentSum {
  readonly seconds: number;
  readonly bucket: StatsBucket;
  readonly #ring: BucketRing;
  /** The index of the last second. */
  #end: number;

  /** @param ring - must keep at least twice as many seconds, because it drops buckets before they are subtracted here */
  constructor(ring: BucketRing, seconds: number, end: number) {
    this.#ring = ring;
    this.seconds = seconds;
    this.#end = end;
    this.bucket = ring.sum((end - seconds + 1) * 1_000, seconds * 1_000);
  }

  /** @returns `false` if a new sum is needed */
  moveTo(end: number): boolean {
    if (end < this.#end || end - this.#end >= this.seconds) return false;
    while (this.#end < end) {
      this.#end += 1;
      const [old, added] = [this.#ring.get(this.#end - this.seconds), this.#ring.get(this.#end)];
      if (old) this.bucket.removeAll(old);
      if (added) this.bucket.addAll(added);
    }
    return true;
  }

  /**
   * Must be called before events are counted in a second.
   *
   * @returns `false` if a new sum is needed: the ring may drop seconds of this one
   */
  add(index: number, events: StatsBucket): boolean {
    if (index > this.#end - this.seconds && index <= this.#end) this.bucket.addAll(events);
    return index - this.#end < this.seconds;
  }
}
