import { invalidAnswer } from "./response-head.ts";

/** Characters of a chunk size with its extensions, or of all trailers, at most. */
const MAX_LINES = 16 * 1024;

/** A chunk size, which may have extensions after it. */
const sizeLine = /^([\da-f]{1,13})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/i;

/** Decodes a body in chunks: RFC 9112, 7.1. The bytes can arrive in parts of any size. */
export class ChunkedBody {
  #state: "size" | "data" | "data end" | "trailers" | "done" = "size";
  /** Bytes of the current chunk that have not arrived. */
  #rest = 0;
  /** The beginning of a line whose end has not arrived. */
  #line = "";
  #lines = 0;
  readonly #onData: (bytes: Buffer) => void;

  constructor(onData: (bytes: Buffer) => void) {
    this.#onData = onData;
  }

  get isDone(): boolean {
    return this.#state === "done";
  }

  /**
   * @returns the number of bytes used; fewer than given if more follow after the end of the body
   * @throws Error if the bytes are not valid
   */
  feed(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && this.#state !== "done") {
      at = this.#state === "data" ? this.#takeData(bytes, at) : this.#takeLine(bytes, at);
    }
    return at;
  }

  #takeData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#rest);
    this.#rest -= end - at;
    if (this.#rest === 0) this.#state = "data end";
    this.#onData(bytes.subarray(at, end));
    return end;
  }

  #takeLine(bytes: Buffer, at: number): number {
    const lineFeed = bytes.indexOf("\n", at);
    const end = lineFeed < 0 ? bytes.length : lineFeed + 1;
    this.#lines += end - at;
    this.#line += bytes.toString("latin1", at, end);
    if (this.#lines > MAX_LINES) throw new Error("the answer is not valid HTTP/1.1: its chunk headers are too long");
    if (lineFeed < 0) return end;
    const line = this.#line;
    this.#line = "";
    if (!line.endsWith("\r\n")) throw invalidAnswer("a line between chunks", line);
    this.#onLine(line.slice(0, -2));
    return end;
  }

  #onLine(line: string): void {
    if (this.#state === "trailers") {
      if (line === "") this.#state = "done";
      return;
    }
    if (this.#state === "data end") {
      if (line !== "") throw invalidAnswer("the end of a chunk", line);
      this.#state = "size";
      return;
    }
    const [, size] = sizeLine.exec(line) ?? [];
    if (size === undefined) throw invalidAnswer("a chunk size", line);
    this.#rest = Number.parseInt(size, 16);
    this.#state = this.#rest === 0 ? "trailers" : "data";
    this.#lines = 0;
  }
}
