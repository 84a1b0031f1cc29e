import type { ReceivedResponse } from "../exchange.ts";

/** The status line and the headers of a response. */
export interface ResponseHead {
  readonly status: number;
  /** The headers in the case and order they were received. */
  readonly headers: ReceivedResponse["headers"];
  /** How the end of the body is found: after a number of bytes, by its chunks, or when the connection closes. */
  readonly body: number | "chunked" | "until close";
  /** Milliseconds for which the target keeps the connection open, 0 if it closes it; `undefined` if it does not state it. */
  readonly keepAliveMs: number | undefined;
}

const statusLine = /^HTTP\/\d\.(\d) (\d{3})(?: [\t\x20-\x7e\x80-\xff]*)?$/;

/** A name as in RFC 9110, 5.6.2, and a value without control characters. */
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)$/;

/**
 * Parses the head of a response, as strictly as `node:http`.
 *
 * @param text - the bytes up to the empty line as Latin-1, without it
 * @param isHead - whether the method of the request was HEAD. The response then has no body.
 * @throws Error if the head is not valid HTTP/1.1
 */
export function parseResponseHead(text: string, isHead: boolean): ResponseHead {
  const [first = "", ...lines] = text.split("\r\n");
  const [, minor, status] = statusLine.exec(first) ?? [];
  if (status === undefined) throw invalidAnswer("the status line", first);
  const headers = lines.map(parseHeaderLine);
  const framing = framingOf(headers);
  const { length, isChunked, connection } = framing;
  const code = Number(status);
  const hasNoBody = isHead || code === 204 || code === 304 || code < 200;
  const body = hasNoBody ? 0 : isChunked ? "chunked" : (length ?? "until close");
  const isKept = minor === "1" ? !connection.includes("close") : connection.includes("keep-alive");
  return { status: code, headers, body, keepAliveMs: isKept ? framing.timeoutMs : 0 };
}

/** @throws Error that names the invalid part of an answer */
export function invalidAnswer(part: string, text: string): Error {
  return new Error(`the answer is not valid HTTP/1.1: ${part} is ${JSON.stringify(text.slice(0, 80))}`);
}

function parseHeaderLine(line: string): [name: string, value: string] {
  const [, name, value = ""] = headerLine.exec(line) ?? [];
  if (name === undefined) throw invalidAnswer("a header", line);
  return [name, value.trimEnd()];
}

/** The headers that decide where the response ends, and whether the connection stays open. */
interface Framing {
  length: number | undefined;
  hasEncoding: boolean;
  isChunked: boolean;
  connection: string;
  timeoutMs: number | undefined;
}

function framingOf(headers: ReceivedResponse["headers"]): Framing {
  const framing: Framing = {
    length: undefined,
    hasEncoding: false,
    isChunked: false,
    connection: "",
    timeoutMs: undefined,
  };
  for (const [name, value] of headers) readFraming(framing, name, value);
  if (framing.hasEncoding && framing.length !== undefined)
    throw new Error("the answer is not valid HTTP/1.1: it has both Content-Length and Transfer-Encoding");
  return framing;
}

/** The length of a name is checked first: a lower-case copy of each name would be expensive. */
function readFraming(framing: Framing, name: string, value: string): void {
  if (name.length === 14 && name.toLowerCase() === "content-length") {
    if (!/^\d{1,15}$/.test(value)) throw invalidAnswer("the Content-Length", value);
    if (framing.length !== undefined) throw invalidAnswer("a second Content-Length", value);
    framing.length = Number(value);
  } else if (name.length === 17 && name.toLowerCase() === "transfer-encoding") {
    framing.hasEncoding = true;
    framing.isChunked = /(?:^|,)[\t ]*chunked$/i.test(value);
  } else if (name.length === 10) {
    const lower = name.toLowerCase();
    if (lower === "connection") framing.connection += `${value.toLowerCase()},`;
    const [, seconds] = (lower === "keep-alive" && /(?:^|[\s,])timeout=(\d{1,9})/i.exec(value)) || [];
    if (seconds !== undefined) framing.timeoutMs = Number(seconds) * 1000;
  }
}
