/** The size of a number. Every record starts at a multiple of it. */
export const BYTES_PER_NUMBER = 8;

/** A piece of memory, as bytes and as numbers. */
export interface Chunk {
  /** Increases by one from chunk to chunk, and starts at 1. */
  readonly number: number;
  readonly bytes: Buffer;
  readonly numbers: Float64Array;
  /** The bytes in use. The next record starts here. */
  used: number;
}

/**
 * Memory for records that are added at the end and dropped from the start. It is outside of the heap of V8: as objects, thousands
 * of records that live for a second each would cause full garbage collections, which stop all deliveries for 50 to 100 ms.
 */
export class ByteQueue {
  readonly #chunkBytes: number;
  #chunks: Chunk[] = [];
  /** A dropped chunk, to be used again. */
  #spare: Chunk | undefined;

  /** @param chunkBytes - bytes to allocate at once, a multiple of 8 */
  constructor(chunkBytes: number) {
    this.#chunkBytes = chunkBytes;
  }

  /** Returns the chunk for the next record. It has room for `bytes` after those in use. */
  reserve(bytes: number): Chunk {
    const last = this.#chunks.at(-1);
    if (last && last.used + bytes <= last.bytes.length) return last;
    const next = this.#newChunk(bytes, (last?.number ?? 0) + 1);
    this.#chunks.push(next);
    return next;
  }

  /** Returns a chunk by its number, unless it was dropped. */
  chunk(number: number): Chunk | undefined {
    return this.#chunks[number - (this.#chunks[0]?.number ?? 0)];
  }

  /** Drops the chunks before the one with this number. The last chunk stays. */
  dropBefore(number: number): void {
    while (this.#chunks.length > 1 && (this.#chunks[0]?.number ?? number) < number) {
      const dropped = this.#chunks.shift();
      if (dropped?.bytes.length === this.#chunkBytes) this.#spare = dropped;
    }
  }

  clear(): void {
    this.#chunks = [];
    this.#spare = undefined;
  }

  #newChunk(bytes: number, number: number): Chunk {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare && bytes <= this.#chunkBytes) return { ...spare, number, used: 0 };
    const memory = new ArrayBuffer(Math.max(this.#chunkBytes, aligned(bytes)));
    return { number, bytes: Buffer.from(memory), numbers: new Float64Array(memory), used: 0 };
  }
}

/** Returns the size of a record with the gap after it. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_NUMBER) * BYTES_PER_NUMBER;
}
