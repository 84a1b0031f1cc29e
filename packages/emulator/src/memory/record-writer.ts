import { aligned, BYTES_PER_NUMBER, type ByteQueue, type Chunk } from "./byte-queue.ts";

/** The most numbers of a record. */
const MAX_NUMBERS = 64;

/** A character of text is at most three bytes of UTF-8. */
const MAX_BYTES_PER_CHARACTER = 3;

/** The numbers that each record starts with: how many numbers follow, the bytes of the text, and the bytes of the bodies. */
export const HEAD_NUMBERS = 3;

/** The place of a record. */
export interface Place {
  readonly chunk: Chunk;
  /** In bytes. */
  readonly position: number;
}

/**
 * Writes a record of numbers, texts and bodies. `RecordReader` reads them in the same order. A writer can be used again after
 * `finish()`.
 */
export class RecordWriter {
  readonly #numbers = new Float64Array(MAX_NUMBERS);
  #count = HEAD_NUMBERS;
  #text = "";
  #bodies = "";

  number(value: number | undefined): void {
    this.#numbers[this.#count] = value ?? Number.NaN;
    this.#count += 1;
  }

  text(value: string | undefined): void {
    this.number(value?.length);
    if (value !== undefined) this.#text += value;
  }

  /** @param value - one character per byte */
  body(value: string): void {
    this.number(value.length);
    this.#bodies += value;
  }

  /** Adds the record to a queue. */
  finish(queue: ByteQueue): Place {
    const textAt = this.#count * BYTES_PER_NUMBER;
    const chunk = queue.reserve(textAt + this.#text.length * MAX_BYTES_PER_CHARACTER + this.#bodies.length);
    const position = chunk.used;
    const textBytes = chunk.bytes.write(this.#text, position + textAt, "utf8");
    const bodyBytes = chunk.bytes.write(this.#bodies, position + textAt + textBytes, "latin1");
    this.#numbers[0] = this.#count - HEAD_NUMBERS;
    this.#numbers[1] = textBytes;
    this.#numbers[2] = bodyBytes;
    chunk.numbers.set(this.#numbers.subarray(0, this.#count), position / BYTES_PER_NUMBER);
    chunk.used += aligned(textAt + textBytes + bodyBytes);
    this.#count = HEAD_NUMBERS;
    this.#text = "";
    this.#bodies = "";
    return { chunk, position };
  }
}
