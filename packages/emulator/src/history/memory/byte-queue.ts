/** Bytes to allocate at once. The system provides the memory of a page when it is written for the first time. */
const CHUNK_BYTES = 1024 * 1024;

/** The size of a number. Every record starts at a multiple of it. */
export const BYTES_PER_NUMBER = 8;

/** A piece of memory, as bytes and as numbers. */
export interface Chunk {
  /** Increases by one from chunk to chunk. */
  readonly number: number;
  readonly bytes: Buffer;
  readonly numbers: Float64Array;
}

/**
 * Memory for records that are added at the end and dropped from the start. It is outside of the heap of V8: as objects, thousands
 * of records that live for a second each would cause full garbage collections, which stop all deliveries for 50 to 100 ms.
 */
export class ByteQueue {
  #chunks: Chunk[] = [];
  /** A dropped chunk, to be used again. */
  #spare: Chunk | undefined;
  /** The bytes in use in the last chunk. */
  #used = 0;

  /** Where the next record starts in the chunk that `reserve()` returns, in bytes. */
  get position(): number {
    return this.#used;
  }

  /** Returns the chunk of the next record. It has room for `bytes` at `position`. */
  reserve(bytes: number): Chunk {
    const last = this.#chunks.at(-1);
    if (last && this.#used + bytes <= last.bytes.length) return last;
    const next = this.#newChunk(bytes, (last?.number ?? 0) + 1);
    this.#chunks.push(next);
    this.#used = 0;
    return next;
  }

  /** Ends a record of `bytes` at `position`. */
  commit(bytes: number): void {
    this.#used = Math.ceil((this.#used + bytes) / BYTES_PER_NUMBER) * BYTES_PER_NUMBER;
  }

  /** Returns a chunk by its number, unless it was dropped. */
  chunk(number: number): Chunk | undefined {
    return this.#chunks[number - (this.#chunks[0]?.number ?? 0)];
  }

  /** Drops the chunks before the one with this number. */
  dropBefore(number: number): void {
    while (this.#chunks.length > 1 && (this.#chunks[0]?.number ?? number) < number) {
      const dropped = this.#chunks.shift();
      if (dropped?.bytes.length === CHUNK_BYTES) this.#spare = dropped;
    }
  }

  clear(): void {
    this.#chunks = [];
    this.#spare = undefined;
    this.#used = 0;
  }

  #newChunk(bytes: number, number: number): Chunk {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare && bytes <= CHUNK_BYTES) return { ...spare, number };
    const size = Math.max(CHUNK_BYTES, Math.ceil(bytes / BYTES_PER_NUMBER) * BYTES_PER_NUMBER);
    const memory = new ArrayBuffer(size);
    return { number, bytes: Buffer.from(memory), numbers: new Float64Array(memory) };
  }
}
