/** Each bin is 10 % wider than the one before it, so its middle differs from any value in it by 5 % at most. */
const GROWTH = Math.log(1.1);

/** The median and the 95th percentile, in milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
}

/**
 * Returns the bin of a time.
 *
 * @param ms - a time in milliseconds; times below 1 ms count as 0
 */
export function binOf(ms: number): number {
  return ms < 1 ? -1 : Math.round(Math.log(ms) / GROWTH);
}

/** Counts times in bins that grow with the time, to estimate percentiles in little memory. */
export class Histogram {
  readonly #bins = new Map<number, number>();
  #size = 0;
  /** The result of `percentiles()` since the last change. */
  #percentiles: Percentiles | undefined;

  /** @param bin - from `binOf()` */
  addBin(bin: number): void {
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + 1);
    this.#size += 1;
    this.#percentiles = undefined;
  }

  addAll(other: Histogram): void {
    for (const [bin, count] of other.#bins) this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + count);
    this.#size += other.#size;
    this.#percentiles = undefined;
  }

  /** Removes the times of a histogram that was added. */
  removeAll(other: Histogram): void {
    for (const [bin, count] of other.#bins) {
      const rest = (this.#bins.get(bin) ?? 0) - count;
      if (rest > 0) this.#bins.set(bin, rest);
      else this.#bins.delete(bin);
    }
    this.#size -= other.#size;
    this.#percentiles = undefined;
  }

  /** @returns `undefined` if nothing was added */
  percentiles(): Percentiles | undefined {
    if (this.#size === 0) return undefined;
    this.#percentiles ??= this.#computed();
    return this.#percentiles;
  }

  #computed(): Percentiles {
    const sorted = Float64Array.from(this.#bins.keys()).sort();
    return { p50: this.#percentile(sorted, 0.5), p95: this.#percentile(sorted, 0.95) };
  }

  #percentile(sorted: Float64Array, share: number): number {
    let seen = 0;
    let last = -1;
    for (const bin of sorted) {
      seen += this.#bins.get(bin) ?? 0;
      last = bin;
      if (seen >= this.#size * share) break;
    }
    return last < 0 ? 0 : Math.round(Math.exp(last * GROWTH));
  }
}
