/** The initial buffer size for a body without a declared length, in bytes. */
const SMALL_BYTES = 4_096;

/**
 * Collects the bytes of a body in one buffer. A list of chunks that are joined at the end would need twice the memory, and more
 * than that for thousands of small chunks.
 */
export class BodyBytes {
  readonly #maxBytes: number;
  readonly #expected: number;
  #buffer: Uint8Array = new Uint8Array();
  #size = 0;

  /**
   * @param maxBytes - the largest accepted body
   * @param expected - the length that the caller declared; the body may be shorter or longer
   */
  constructor(maxBytes: number, expected: number) {
    this.#maxBytes = maxBytes;
    this.#expected = Math.min(expected || SMALL_BYTES, maxBytes);
  }

  /**
   * Appends a chunk. A large first chunk is kept without a copy.
   *
   * @returns the number of bytes beyond the limit, or 0 or less within it. Beyond the limit, all bytes are dropped.
   */
  append(chunk: Uint8Array): number {
    const size = this.#size + chunk.byteLength;
    if (size > this.#maxBytes) this.#buffer = new Uint8Array();
    else if (this.#size === 0 && size >= this.#expected) this.#buffer = chunk;
    else this.#put(chunk, size);
    this.#size = size;
    return size - this.#maxBytes;
  }

  /** Returns all bytes, or `undefined` if there were too many. */
  whole(): Uint8Array | undefined {
    if (this.#size > this.#maxBytes) return undefined;
    return this.#size === this.#buffer.byteLength ? this.#buffer : this.#buffer.subarray(0, this.#size);
  }

  #put(chunk: Uint8Array, size: number): void {
    if (size > this.#buffer.byteLength) {
      const larger = new Uint8Array(Math.min(this.#maxBytes, Math.max(size, this.#expected, this.#size * 2)));
      larger.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#size);
  }
}
