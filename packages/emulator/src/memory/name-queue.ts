import { aligned, BYTES_PER_NUMBER, ByteQueue, type Chunk } from "./byte-queue.ts";
import { hashOf } from "./hash-of.ts";

/** Bytes to allocate at once, for about 250 names. */
const CHUNK_BYTES = 16 * 1024;

/** The numbers of a record: the value, the hash of the name, the address of the next older record in the bucket, the bytes of the name. */
const HASH = 1;
const OLDER = 2;
const LENGTH = 3;
const NAME_AT = 4 * BYTES_PER_NUMBER;

/** A character is at most three bytes of UTF-8. */
const MAX_BYTES_PER_CHARACTER = 3;

const FIRST_BUCKETS = 64;

/** With more buckets per name, the number of buckets is halved, once or repeatedly. */
const MAX_BUCKETS_PER_NAME = 8;

/**
 * Names with a number each, in the order they were set. They take about 70 bytes each outside of the heap of V8, and nothing in it:
 * as strings in a map, a million names would be searched by every full garbage collection.
 *
 * Records are in one queue, and are addressed by chunk and position, so a later record has a greater address. A bucket is a
 * chain from its newest record to older ones. It ends at the first record that was dropped.
 */
export class NameQueue {
  readonly #records = new ByteQueue(CHUNK_BYTES);
  /** The address of the newest record of each bucket, 0 if there is none. */
  #buckets = new Float64Array(FIRST_BUCKETS);
  /** The address of the oldest record, infinite if there is none. It has not been deleted. */
  #first = Number.POSITIVE_INFINITY;
  #size = 0;
  /** The number of records, including those of deleted names that are not the oldest. */
  #stored = 0;

  get size(): number {
    return this.#size;
  }

  get(name: string): number | undefined {
    const found = this.#find(name, hashOf(name));
    return found && this.#chunkOf(found)?.numbers[indexOf(found)];
  }

  /** Sets the number of a name, which becomes the last one. */
  set(name: string, value: number): void {
    const hash = hashOf(name);
    this.#remove(this.#find(name, hash));
    if (this.#stored >= this.#buckets.length) this.#resize(2 * this.#buckets.length);
    const chunk = this.#records.reserve(NAME_AT + name.length * MAX_BYTES_PER_CHARACTER);
    const address = addressOf(chunk, chunk.used);
    const length = chunk.bytes.write(name, chunk.used + NAME_AT, "utf8");
    const index = indexOf(address);
    chunk.numbers[index] = value;
    chunk.numbers[index + HASH] = hash;
    chunk.numbers[index + LENGTH] = length;
    chunk.used += aligned(NAME_AT + length);
    this.#link(chunk, address);
    if (this.#stored === 0) this.#startAt(address);
    this.#stored += 1;
    this.#size += 1;
  }

  /** @returns whether the name was there */
  delete(name: string): boolean {
    return this.#remove(this.#find(name, hashOf(name)));
  }

  /** Returns the number of the first name. */
  firstValue(): number | undefined {
    return this.#chunkOf(this.#first)?.numbers[indexOf(this.#first)];
  }

  /** Removes and returns the first name. */
  shift(): string | undefined {
    const chunk = this.#chunkOf(this.#first);
    if (!chunk) return undefined;
    const name = nameAt(chunk, this.#first);
    this.#remove(this.#first);
    return name;
  }

  /** Returns the names with their numbers, in order. They must not change before the iteration ends. */
  *entries(): Generator<readonly [name: string, value: number], void, undefined> {
    for (const [chunk, address] of this.#all()) {
      const value = chunk.numbers[indexOf(address)] ?? Number.NaN;
      if (!Number.isNaN(value)) yield [nameAt(chunk, address), value];
    }
  }

  clear(): void {
    this.#records.clear();
    this.#buckets = new Float64Array(FIRST_BUCKETS);
    this.#first = Number.POSITIVE_INFINITY;
    this.#size = 0;
    this.#stored = 0;
  }

  /** @returns the address of the record, `undefined` if there is none */
  #find(name: string, hash: number): number | undefined {
    let address = this.#buckets[hash % this.#buckets.length] ?? 0;
    while (address >= this.#first) {
      const chunk = this.#chunkOf(address);
      const index = indexOf(address);
      const isFound = chunk?.numbers[index + HASH] === hash && !Number.isNaN(chunk.numbers[index]);
      if (isFound && nameAt(chunk, address) === name) return address;
      address = chunk?.numbers[index + OLDER] ?? 0;
    }
    return undefined;
  }

  #remove(address: number | undefined): boolean {
    const chunk = address === undefined ? undefined : this.#chunkOf(address);
    if (!chunk || address === undefined) return false;
    chunk.numbers[indexOf(address)] = Number.NaN;
    this.#size -= 1;
    if (address === this.#first) this.#dropDeleted();
    return true;
  }

  /** Drops deleted records from the start. */
  #dropDeleted(): void {
    this.#startAt(this.#firstKept());
    let buckets = this.#buckets.length;
    // Many names before the first kept one can have been removed before.
    while (buckets > FIRST_BUCKETS && this.#stored < buckets / MAX_BUCKETS_PER_NAME) buckets /= 2;
    if (buckets < this.#buckets.length) this.#resize(buckets);
  }

  /** @returns the address of the oldest record that is not deleted, infinite if there is none */
  #firstKept(): number {
    for (const [chunk, address] of this.#all()) {
      if (!Number.isNaN(chunk.numbers[indexOf(address)])) return address;
      this.#stored -= 1;
    }
    return Number.POSITIVE_INFINITY;
  }

  #startAt(address: number): void {
    this.#first = address;
    this.#records.dropBefore(Math.floor(address / CHUNK_BYTES));
  }

  #link(chunk: Chunk, address: number): void {
    const index = indexOf(address);
    const bucket = (chunk.numbers[index + HASH] ?? 0) % this.#buckets.length;
    chunk.numbers[index + OLDER] = this.#buckets[bucket] ?? 0;
    this.#buckets[bucket] = address;
  }

  #resize(buckets: number): void {
    this.#buckets = new Float64Array(buckets);
    for (const [chunk, address] of this.#all()) this.#link(chunk, address);
  }

  *#all(): Generator<readonly [chunk: Chunk, address: number], void, undefined> {
    let address = this.#first;
    for (let chunk = this.#chunkOf(address); chunk; chunk = this.#records.chunk(chunk.number + 1)) {
      if (addressOf(chunk, 0) > address) address = addressOf(chunk, 0);
      const end = addressOf(chunk, chunk.used);
      while (address < end) {
        const current = address;
        address += aligned(NAME_AT + (chunk.numbers[indexOf(address) + LENGTH] ?? 0));
        yield [chunk, current];
      }
    }
  }

  #chunkOf(address: number): Chunk | undefined {
    return this.#records.chunk(Math.floor(address / CHUNK_BYTES));
  }
}

function addressOf({ number }: Chunk, position: number): number {
  return number * CHUNK_BYTES + position;
}

/** Returns the index of the first number of a record in its chunk. */
function indexOf(address: number): number {
  return (address % CHUNK_BYTES) / BYTES_PER_NUMBER;
}

function nameAt({ bytes, numbers }: Chunk, address: number): string {
  const at = (address % CHUNK_BYTES) + NAME_AT;
  return bytes.toString("utf8", at, at + (numbers[indexOf(address) + LENGTH] ?? 0));
}
