/** What a body that does not say its length is expected to be, in bytes. */
const SMALL_BYTES = 4_096;

/**
 * The bytes of a body as they come in, in one buffer. A list of chunks to be joined at the end would hold the whole body twice,
 * and thousands of small chunks more than that.
 */
export class BodyBytes {
  readonly #maxBytes: number;
  readonly #expected: number;
  #buffer: Uint8Array = new Uint8Array();
  #size = 0;

  /**
   * @param maxBytes - the most that is kept
   * @param expected - how many there will be, if what the caller says is true; more and less may come
   */
  constructor(maxBytes: number, expected: number) {
    this.#maxBytes = maxBytes;
    this.#expected = Math.min(expected || SMALL_BYTES, maxBytes);
  }

  /**
   * @param chunk - the next bytes; a first one that is large is kept as it is
   * @returns by how many all of them are beyond the limit; then they are forgotten
   */
  append(chunk: Uint8Array): number {
    const size = this.#size + chunk.byteLength;
    if (size > this.#maxBytes) this.#buffer = new Uint8Array();
    else if (this.#size === 0 && size >= this.#expected) this.#buffer = chunk;
    else this.#put(chunk, size);
    this.#size = size;
    return size - this.#maxBytes;
  }

  /** @returns all of them; `undefined` where there were too many */
  whole(): Uint8Array | undefined {
    return this.#size > this.#maxBytes ? undefined : this.#buffer.subarray(0, this.#size);
  }

  #put(chunk: Uint8Array, size: number): void {
    if (size > this.#buffer.byteLength) {
      const roomy = new Uint8Array(Math.min(this.#maxBytes, Math.max(size, this.#expected, this.#size * 2)));
      roomy.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = roomy;
    }
    this.#buffer.set(chunk, this.#size);
  }
}
