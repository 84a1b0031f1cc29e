import type { HttpResponse } from "../../core/http-sender.ts";
import { http } from "../builtins-node.ts";
import { ChunkedBody } from "./chunked-body-node.ts";
import { parseError } from "./parse-error.ts";
import { parseResponseHead, type ResponseHead } from "./response-head.ts";

/** A complete answer. */
export interface ReadResponse {
  readonly response: HttpResponse;
  /** See `ResponseHead`. 0 also if more arrived than the answer. */
  readonly idleMs: number;
}

const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;
const END_OF_HEAD = Buffer.from("\r\n\r\n");
const { maxHeaderSize } = http;
const PROTOCOL = "HTTP/";
const NOTHING = Buffer.alloc(0);

/** A server answers many requests with the same head, except for the date. */
let last: { readonly text: string; readonly head: ResponseHead } | undefined;

function headOf(text: string): ResponseHead {
  if (last?.text !== text) last = { text, head: parseResponseHead(text) };
  return last.head;
}

/** Reads the answers of a connection, one after the other. Accepts pieces of any size. */
export class ResponseReader {
  /** The start of a head that is not complete yet. */
  #pending: Buffer = NOTHING;
  #head: ResponseHead | undefined;
  #chunked: ChunkedBody | undefined;
  #parts: Buffer[] = [];
  #size = 0;

  /**
   * Reads a piece. Keeps copies only, so its memory can be used again.
   *
   * @returns the answer if it is complete
   * @throws an error with a code if the answer is invalid or too large
   */
  read(piece: Buffer): ReadResponse | undefined {
    const bytes = this.#pending.length === 0 ? piece : Buffer.concat([this.#pending, piece]);
    this.#pending = NOTHING;
    let at = 0;
    while (this.#head === undefined) {
      const end = bytes.indexOf(END_OF_HEAD, at);
      if (end < 0) return this.#keepHead(bytes.subarray(at));
      if (end - at > maxHeaderSize) throw overflow();
      const head = headOf(bytes.toString("latin1", at, end));
      at = end + END_OF_HEAD.length;
      // After 101 the connection speaks another protocol, and no answer follows.
      if (head.status === 101) return { response: { status: 101, headers: {}, body: "" }, idleMs: 0 };
      if (head.status >= 200) this.#head = head;
    }
    return this.#readBody(this.#head, bytes, at);
  }

  /**
   * Ends the answer with the connection.
   *
   * @returns the answer; `undefined` if it is not complete
   */
  end(): ReadResponse | undefined {
    return this.#head?.body === "close" ? this.#finish(this.#head, this.#collected(), 0) : undefined;
  }

  /** Keeps the start of a head. A head that is already invalid may never end. */
  #keepHead(bytes: Buffer): undefined {
    const text = bytes.toString("latin1");
    if (!PROTOCOL.startsWith(text.slice(0, PROTOCOL.length))) {
      throw parseError("HPE_INVALID_CONSTANT", "Expected HTTP/");
    }
    if (/[^\r]\n/.test(text)) throw parseError("HPE_CR_EXPECTED", "Missing CR before LF");
    if (bytes.length > maxHeaderSize) throw overflow();
    this.#pending = Buffer.from(bytes);
  }

  #readBody(head: ResponseHead, bytes: Buffer, start: number): ReadResponse | undefined {
    const { body } = head;
    if (body === "chunked") return this.#readChunks(head, bytes, start);
    if (body === "close") {
      this.#add(bytes.subarray(start));
      return undefined;
    }
    if (body > MAX_RESPONSE_BYTES) throw tooLarge();
    const stop = start + body - this.#size;
    const rest = bytes.length - stop;
    // Almost every answer arrives in one piece. Its text needs no copy of the bytes.
    if (rest >= 0 && this.#size === 0) return this.#finish(head, bytes.toString("utf8", start, stop), rest);
    this.#add(bytes.subarray(start, stop));
    return rest >= 0 ? this.#finish(head, this.#collected(), rest) : undefined;
  }

  #readChunks(head: ResponseHead, bytes: Buffer, start: number): ReadResponse | undefined {
    this.#chunked ??= new ChunkedBody((content) => this.#add(content));
    const stop = this.#chunked.read(bytes, start);
    return stop === undefined ? undefined : this.#finish(head, this.#collected(), bytes.length - stop);
  }

  #add(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.#size > MAX_RESPONSE_BYTES) throw tooLarge();
    this.#parts.push(Buffer.from(bytes));
  }

  #collected(): string {
    return Buffer.concat(this.#parts).toString();
  }

  #finish({ status, headers, idleMs }: ResponseHead, body: string, rest: number): ReadResponse {
    this.#head = undefined;
    this.#chunked = undefined;
    this.#parts = [];
    this.#size = 0;
    return { response: { status, headers, body }, idleMs: rest > 0 ? 0 : idleMs };
  }
}

function overflow(): Error {
  return parseError("HPE_HEADER_OVERFLOW", "Header overflow");
}

function tooLarge(): Error {
  const error = new Error(`the response is larger than ${MAX_RESPONSE_BYTES} bytes`);
  return Object.assign(error, { code: "ERR_RESPONSE_TOO_LARGE" });
}
