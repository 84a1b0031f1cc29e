import { BYTES_PER_NUMBER } from "./byte-queue.ts";
import { HEAD_NUMBERS, type Place } from "./record-writer.ts";

/** Reads the numbers, texts and bodies of a record in the order in which they were written. */
export class RecordReader {
  readonly #numbers: Float64Array;
  readonly #text: string;
  readonly #bodies: string;
  #next = HEAD_NUMBERS;
  #textAt = 0;
  #bodyAt = 0;

  constructor({ chunk, position }: Place) {
    this.#numbers = chunk.numbers.subarray(position / BYTES_PER_NUMBER);
    const [count = 0, textBytes = 0, bodyBytes = 0] = this.#numbers;
    const textAt = position + (HEAD_NUMBERS + count) * BYTES_PER_NUMBER;
    const bodyAt = textAt + textBytes;
    this.#text = chunk.bytes.toString("utf8", textAt, bodyAt);
    this.#bodies = chunk.bytes.toString("latin1", bodyAt, bodyAt + bodyBytes);
  }

  number(): number {
    return this.optionalNumber() ?? 0;
  }

  optionalNumber(): number | undefined {
    const value = this.#numbers[this.#next] ?? Number.NaN;
    this.#next += 1;
    return Number.isNaN(value) ? undefined : value;
  }

  text(): string {
    return this.optionalText() ?? "";
  }

  optionalText(): string | undefined {
    const length = this.optionalNumber();
    if (length === undefined) return undefined;
    this.#textAt += length;
    return this.#text.slice(this.#textAt - length, this.#textAt);
  }

  body(): string {
    const length = this.number();
    this.#bodyAt += length;
    return this.#bodies.slice(this.#bodyAt - length, this.#bodyAt);
  }
}
