import { parseError } from "./parse-error.ts";

/** The maximum length of a line, and of all trailers. */
const MAX_LINE = 16 * 1024;
const NEWLINE = 0x0a;
const SIZE = /^([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?$/;

/**
 * Finds the content of a body with `Transfer-Encoding: chunked`, of which pieces of any size arrive.
 *
 * Source: https://www.rfc-editor.org/rfc/rfc9112#section-7.1
 */
export class ChunkedBody {
  readonly #add: (content: Buffer) => void;
  #line = "";
  #next: "size" | "end of chunk" | "trailer" = "size";
  /** The bytes of the current chunk that have not arrived yet. */
  #left = 0;
  #trailers = 0;

  /** @param add - called with content, whose memory is used again afterwards */
  constructor(add: (content: Buffer) => void) {
    this.#add = add;
  }

  /**
   * Reads a piece.
   *
   * @returns the position after the end of the body; `undefined` if more must arrive
   * @throws an error with a code that starts with `HPE_`
   */
  read(bytes: Buffer, start: number): number | undefined {
    let at = start;
    while (at < bytes.length) {
      const from = at;
      if (this.#left > 0) {
        at = Math.min(bytes.length, from + this.#left);
        this.#left -= at - from;
        this.#add(bytes.subarray(from, at));
        continue;
      }
      const newline = bytes.indexOf(NEWLINE, from);
      at = newline < 0 ? bytes.length : newline + 1;
      this.#line += bytes.toString("latin1", from, at);
      if (this.#line.length > MAX_LINE) throw parseError("HPE_INVALID_CHUNK_SIZE", "Line too long in a chunked body");
      if (newline >= 0 && this.#isEnd(this.#takeLine())) return at;
    }
    return undefined;
  }

  #takeLine(): string {
    const line = this.#line;
    this.#line = "";
    if (!line.endsWith("\r\n")) throw parseError("HPE_INVALID_CHUNK_SIZE", "Missing CR in a chunked body");
    return line.slice(0, -2);
  }

  /** Reads a line, and returns whether it is the last one. */
  #isEnd(line: string): boolean {
    if (this.#next === "trailer") {
      this.#trailers += line.length;
      if (this.#trailers > MAX_LINE) throw parseError("HPE_HEADER_OVERFLOW", "Trailers too long");
      return line === "";
    }
    if (this.#next === "end of chunk") {
      if (line !== "") throw parseError("HPE_STRICT", "Expected the end of a chunk");
      this.#next = "size";
      return false;
    }
    const size = SIZE.exec(line)?.[1];
    if (size === undefined) throw parseError("HPE_INVALID_CHUNK_SIZE", "Invalid chunk size");
    this.#left = Number.parseInt(size, 16);
    this.#next = this.#left === 0 ? "trailer" : "end of chunk";
    return false;
  }
}
