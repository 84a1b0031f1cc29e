import { hashOf } from "./hash-of.ts";

/** The place and the key facts of a record. */
export interface RecordEntry {
  /** Greater than that of the record before. */
  readonly id: number;
  readonly sequence: number;
  /** The approximate size. */
  readonly bytes: number;
  /** The number of its chunk. */
  readonly chunk: number;
  readonly position: number;
  /** A number by which records are selected without reading them. */
  readonly kind: number;
}

/** Further numbers of a record, which can be read without the record. NaN stands for a missing number. */
export type RecordNumbers = readonly [number, number, number, number, number];

/**
 * The numbers of an entry: its fields, the hash of its key, the number of the next older entry in the same bucket, and those of
 * `RecordNumbers`.
 */
const STRIDE = 13;
const KIND = 5;
const HASH = 6;
const OLDER = 7;
const FURTHER = 8;

const FIRST_CAPACITY = 1_024;

/**
 * Finds records by their order, their id and their key, in a few arrays of numbers. Entries are numbered from 0 in the order they
 * are added, and removed in the same order. So a bucket is a chain from its newest entry to older ones, and ends at the first entry
 * that was removed: nothing has to be updated when an entry is removed.
 */
export class RecordIndex {
  readonly #limit: number;
  #capacity: number;
  #entries: Float64Array;
  /** The number of the newest entry of each bucket. */
  #buckets: Float64Array;
  /** The number of the oldest entry. */
  #first = 0;
  #size = 0;

  /** @param limit - entries at most */
  constructor(limit: number) {
    this.#limit = limit;
    this.#capacity = Math.min(limit, FIRST_CAPACITY);
    this.#entries = new Float64Array(this.#capacity * STRIDE);
    this.#buckets = new Float64Array(this.#capacity).fill(-1);
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Adds an entry. There must be fewer than the limit.
   *
   * @param key - may be that of other entries
   */
  push({ id, sequence, bytes, chunk, position, kind }: RecordEntry, key: string, further: RecordNumbers): void {
    if (this.#size === this.#capacity) this.#grow();
    const number = this.#first + this.#size;
    const at = this.#offsetOf(number);
    this.#entries[at] = id;
    this.#entries[at + 1] = sequence;
    this.#entries[at + 2] = bytes;
    this.#entries[at + 3] = chunk;
    this.#entries[at + 4] = position;
    this.#entries[at + KIND] = kind;
    this.#entries[at + HASH] = hashOf(key);
    for (let column = 0; column < further.length; column += 1)
      this.#entries[at + FURTHER + column] = further[column] ?? Number.NaN;
    this.#link(number);
    this.#size += 1;
  }

  /** Removes the oldest entry. */
  shift(): RecordEntry | undefined {
    const oldest = this.entry(0);
    if (!oldest) return undefined;
    this.#first += 1;
    this.#size -= 1;
    return oldest;
  }

  /** @param index - 0 for the oldest */
  entry(index: number): RecordEntry | undefined {
    if (index < 0 || index >= this.#size) return undefined;
    const at = this.#offsetOf(this.#first + index);
    return {
      id: this.#entries[at] ?? 0,
      sequence: this.#entries[at + 1] ?? 0,
      bytes: this.#entries[at + 2] ?? 0,
      chunk: this.#entries[at + 3] ?? 0,
      position: this.#entries[at + 4] ?? 0,
      kind: this.#entries[at + KIND] ?? 0,
    };
  }

  /** Returns the kind of an entry. The index must be that of an entry. */
  kindAt(index: number): number {
    return this.#entries[this.#offsetOf(this.#first + index) + KIND] ?? 0;
  }

  /** Returns the further numbers of an entry. The index must be that of an entry. */
  furtherAt(index: number): RecordNumbers {
    const at = this.#offsetOf(this.#first + index) + FURTHER;
    const entries = this.#entries;
    return [entries[at] ?? 0, entries[at + 1] ?? 0, entries[at + 2] ?? 0, entries[at + 3] ?? 0, entries[at + 4] ?? 0];
  }

  /** Returns the index of the first entry with a greater id. */
  indexAfter(id: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[this.#offsetOf(this.#first + middle)] ?? 0) > id) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Returns the indexes of the entries with a key, the newest first, and a few with other keys. */
  *withKey(key: string): Generator<number, void, undefined> {
    const hash = hashOf(key);
    let number = this.#buckets[hash % this.#capacity] ?? -1;
    while (number >= this.#first) {
      const at = this.#offsetOf(number);
      if (this.#entries[at + HASH] === hash) yield number - this.#first;
      number = this.#entries[at + OLDER] ?? -1;
    }
  }

  #offsetOf(number: number): number {
    return (number % this.#capacity) * STRIDE;
  }

  #link(number: number): void {
    const at = this.#offsetOf(number);
    const bucket = (this.#entries[at + HASH] ?? 0) % this.#capacity;
    this.#entries[at + OLDER] = this.#buckets[bucket] ?? -1;
    this.#buckets[bucket] = number;
  }

  #grow(): void {
    const before = this.#entries;
    const offsets = Array.from({ length: this.#size }, (_, index) => this.#offsetOf(this.#first + index));
    this.#capacity = Math.min(this.#limit, 2 * this.#capacity);
    this.#entries = new Float64Array(this.#capacity * STRIDE);
    this.#buckets = new Float64Array(this.#capacity).fill(-1);
    for (const [index, offset] of offsets.entries()) {
      const number = this.#first + index;
      this.#entries.set(before.subarray(offset, offset + STRIDE), this.#offsetOf(number));
      this.#link(number);
    }
  }
}
