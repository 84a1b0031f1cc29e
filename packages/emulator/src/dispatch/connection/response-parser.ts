import { maxHeaderSize } from "node:http";
import type { ReceivedResponse } from "../exchange.ts";
import { ChunkedBody } from "./chunked-body.ts";
import { parseResponseHead, type ResponseHead } from "./response-head.ts";

/** Bytes of a body to read at most. The body has no effect on the attempt, so the rest is not awaited. */
const MAX_BODY_BYTES = 1024 * 1024;

const noBytes = Buffer.alloc(0);

/** Parses one response from the bytes of a connection. They can arrive in parts of any size. */
export class ResponseParser {
  readonly #isHead: boolean;
  readonly #keepBytes: number;
  #pending: Buffer | undefined;
  #head: ResponseHead | undefined;
  #headText = "";
  #chunked: ChunkedBody | undefined;
  #kept: Buffer[] = [];
  #size = 0;
  #hasBytes = false;
  #isDone = false;
  #isCut = false;
  #hasMore = false;

  /**
   * @param isHead - whether the method of the request was HEAD
   * @param keepBytes - bytes of the body to return at most
   */
  constructor(isHead: boolean, keepBytes: number) {
    this.#isHead = isHead;
    this.#keepBytes = keepBytes;
  }

  /** Whether any byte has arrived. */
  get hasBytes(): boolean {
    return this.#hasBytes;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** Milliseconds for which the connection can be used again; 0 if it cannot, `undefined` if the target sets no limit. */
  get keepAliveMs(): number | undefined {
    return this.#isCut || this.#hasMore || this.#head?.status === 101 ? 0 : this.#head?.keepAliveMs;
  }

  get response(): ReceivedResponse {
    const { status = 0, headers = [] } = this.#head ?? {};
    const body = this.#kept.length === 0 ? noBytes : Buffer.concat(this.#kept);
    return { status, headers, head: this.#headText, body, size: this.#size };
  }

  /**
   * @param bytes - may be changed by the caller afterwards
   * @throws Error if the response is not valid HTTP/1.1
   */
  feed(bytes: Buffer): void {
    this.#hasBytes = true;
    if (this.#head) this.#feedBody(this.#head, bytes);
    else this.#feedHead(bytes);
  }

  /**
   * Must be called when the target closes the connection.
   *
   * @returns whether the response is complete
   */
  end(): boolean {
    if (this.#head?.body === "until close") this.#isDone = true;
    return this.#isDone;
  }

  #feedHead(bytes: Buffer): void {
    const all = this.#pending ? Buffer.concat([this.#pending, bytes]) : bytes;
    const start = skipLineBreaks(all);
    const end = all.indexOf("\r\n\r\n", start, "latin1");
    if ((end < 0 ? all.length : end) - start > maxHeaderSize)
      throw new Error(`the answer has more than ${maxHeaderSize} bytes of headers`);
    if (end < 0) {
      this.#pending = Buffer.from(all);
      return;
    }
    this.#pending = undefined;
    const text = all.toString("latin1", start, end);
    const head = parseResponseHead(text, this.#isHead);
    const rest = all.subarray(end + 4);
    // An interim response. The request did not ask for an upgrade, so a 101 is an answer without a body.
    if (head.status >= 100 && head.status < 200 && head.status !== 101) {
      if (rest.length > 0) this.#feedHead(rest);
      return;
    }
    this.#head = head;
    this.#headText = text;
    if (head.body === "chunked") this.#chunked = new ChunkedBody((data) => this.#keep(data));
    this.#feedBody(head, rest);
  }

  #feedBody({ body }: ResponseHead, bytes: Buffer): void {
    if (this.#isDone) {
      this.#hasMore ||= bytes.length > 0;
      return;
    }
    if (this.#chunked) this.#feedChunks(this.#chunked, bytes);
    else if (typeof body === "number") this.#feedLength(body, bytes);
    else this.#keep(bytes);
    if (this.#isDone || this.#size <= MAX_BODY_BYTES) return;
    this.#isCut = true;
    this.#isDone = true;
  }

  #feedChunks(chunked: ChunkedBody, bytes: Buffer): void {
    this.#hasMore = chunked.feed(bytes) < bytes.length;
    this.#isDone = chunked.isDone;
  }

  #feedLength(length: number, bytes: Buffer): void {
    const missing = length - this.#size;
    this.#hasMore = bytes.length > missing;
    this.#keep(this.#hasMore ? bytes.subarray(0, missing) : bytes);
    this.#isDone = this.#size === length;
  }

  #keep(bytes: Buffer): void {
    const missing = this.#keepBytes - this.#size;
    if (missing > 0 && bytes.length > 0) this.#kept.push(Buffer.from(bytes.subarray(0, missing)));
    this.#size += bytes.length;
  }
}

/** Some servers send a line break after the body of the previous response: RFC 9112, 2.2. */
function skipLineBreaks(bytes: Buffer): number {
  let at = 0;
  while (bytes[at] === 13 || bytes[at] === 10) at += 1;
  return at;
}
