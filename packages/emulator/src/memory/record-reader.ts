import { BYTES_PER_NUMBER } from "./byte-queue.ts";
import { HEAD_NUMBERS, type Place } from "./record-writer.ts";

/** Reads the numbers, texts and bodies of a record in the order in which they were written. */
export class RecordReader {
  readonly #numbers: Float64Array;
  readonly #place: Place;
  #text: string | undefined;
  #bodies: string | undefined;
  #next = HEAD_NUMBERS;
  #textAt = 0;
  #bodyAt = 0;

  constructor(place: Place) {
    this.#place = place;
    this.#numbers = place.chunk.numbers.subarray(place.position / BYTES_PER_NUMBER);
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
    this.#text ??= this.#decode("utf8");
    return this.#text.slice(this.#textAt - length, this.#textAt);
  }

  body(): string {
    const length = this.number();
    this.#bodyAt += length;
    this.#bodies ??= this.#decode("latin1");
    return this.#bodies.slice(this.#bodyAt - length, this.#bodyAt);
  }

  /** All texts and bodies as they are stored, one character per byte. */
  get bytes(): string {
    const { textAt, end } = this.#offsets();
    return this.#place.chunk.bytes.toString("latin1", textAt, end);
  }

  #decode(encoding: "utf8" | "latin1"): string {
    const { textAt, bodyAt, end } = this.#offsets();
    const { bytes } = this.#place.chunk;
    return encoding === "utf8" ? bytes.toString("utf8", textAt, bodyAt) : bytes.toString("latin1", bodyAt, end);
  }

  #offsets(): { readonly textAt: number; readonly bodyAt: number; readonly end: number } {
    const [count = 0, textBytes = 0, bodyBytes = 0] = this.#numbers;
    const textAt = this.#place.position + (HEAD_NUMBERS + count) * BYTES_PER_NUMBER;
    const bodyAt = textAt + textBytes;
    return { textAt, bodyAt, end: bodyAt + bodyBytes };
  }
}
