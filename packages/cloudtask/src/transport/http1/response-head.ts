import { parseError } from "./parse-error.ts";

/** The status line and the headers of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The length of the body in bytes; `close` if the body ends with the connection. */
  readonly body: number | "chunked" | "close";
  /** Milliseconds for which the connection can be idle after the answer; 0 if it must not be used again. */
  readonly idleMs: number;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([\t\x20-\x7e\x80-\xff]*)$/;
/** The first value counts, as in `node:http`. Values of all other headers are joined. */
const SINGLE = /^(?:content-type|retry-after)$/;
const MAX_IDLE_MS = 60_000;
/** The server counts from the moment at which it sends, and this process from the moment at which it reads. */
const IDLE_MARGIN_MS = 1_000;

/**
 * Parses the head of an answer.
 *
 * Source: https://www.rfc-editor.org/rfc/rfc9112
 *
 * @param text - the head without the empty line at its end; one character per byte
 * @throws an error with a code that starts with `HPE_`
 */
export function parseResponseHead(text: string): ResponseHead {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const [, minor, status = ""] = STATUS_LINE.exec(statusLine) ?? [];
  if (minor === undefined) throw parseError("HPE_INVALID_CONSTANT", "Expected HTTP/1.1 and a status");
  const headers = parseFields(lines);
  const body = bodyOf(Number(status), headers);
  return { status: Number(status), headers, body, idleMs: body === "close" ? 0 : idleMs(minor, headers) };
}

function parseFields(lines: readonly string[]): Record<string, string> {
  // Without a prototype: a server can send a header `constructor`.
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const [, name, padded = ""] = FIELD.exec(line) ?? [];
    if (name === undefined) throw parseError("HPE_INVALID_HEADER_TOKEN", "Invalid header");
    const key = name.toLowerCase();
    const value = trimmed(padded);
    const before = headers[key];
    if (before === undefined) headers[key] = value;
    else if (!SINGLE.test(key)) headers[key] = `${before}, ${value}`;
  }
  return headers;
}

/** Removes spaces and tabs. `trim()` would also remove the byte 0xA0. */
function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** An answer whose length is ambiguous is rejected: its rest could be taken for the next answer. */
function bodyOf(status: number, headers: Readonly<Record<string, string>>): ResponseHead["body"] {
  const { "transfer-encoding": encoding, "content-length": length } = headers;
  if (encoding !== undefined && length !== undefined) {
    throw parseError("HPE_UNEXPECTED_CONTENT_LENGTH", "Content-Length beside Transfer-Encoding");
  }
  if (status < 200 || status === 204 || status === 304) return 0;
  if (encoding !== undefined) {
    if (encoding.toLowerCase() === "chunked") return "chunked";
    throw parseError("HPE_INVALID_TRANSFER_ENCODING", "Unsupported Transfer-Encoding");
  }
  if (length === undefined) return "close";
  if (/^\d{1,15}$/.test(length)) return Number(length);
  throw parseError("HPE_INVALID_CONTENT_LENGTH", "Invalid Content-Length");
}

function idleMs(minorVersion: string, headers: Readonly<Record<string, string>>): number {
  const { connection = "", "keep-alive": hint = "" } = headers;
  const has = (option: string): boolean =>
    connection
      .toLowerCase()
      .split(",")
      .some((each) => each.trim() === option);
  if (has("close") || (minorVersion === "0" && !has("keep-alive"))) return 0;
  const seconds = /(?:^|[\s,;])timeout=(\d{1,9})/i.exec(hint)?.[1];
  if (seconds === undefined) return MAX_IDLE_MS;
  const hintMs = Number(seconds) * 1000;
  return Math.min(MAX_IDLE_MS, hintMs - Math.min(IDLE_MARGIN_MS, hintMs / 2));
}
