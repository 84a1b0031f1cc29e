import fc from "fast-check";
import { expect, test } from "vitest";
import { ResponseParser } from "./response-parser.ts";

/** Parses a response that arrives in parts, each up to one of the positions. */
function parse(text: string, positions: readonly number[] = []): ResponseParser {
  const parser = new ResponseParser(false, 1_000);
  const bytes = Buffer.from(text, "latin1");
  const ends = [...positions, bytes.length].sort((a, b) => a - b);
  for (const [index, end] of ends.entries()) {
    const part = Buffer.from(bytes.subarray(ends[index - 1] ?? 0, end));
    if (part.length > 0) parser.feed(part);
    // The connection reads into the same buffer again.
    part.fill("?");
  }
  return parser;
}

const responses = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello",
  "HTTP/1.1 204 No Content\r\n\r\n",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 503 Busy\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;name=value\r\nhello\r\n00b\r\n, the world\r\n0\r\nTrailer: x\r\n\r\n",
];

test.each(responses)("%j is read in the same way, however its bytes are divided", (text) => {
  const whole = parse(text);
  expect(whole.isDone).toBe(true);
  const positions = fc.array(fc.nat(text.length), { maxLength: 10 });
  fc.assert(
    fc.property(positions, (ends) => {
      const parser = parse(text, ends);
      expect([parser.isDone, parser.keepAliveMs, parser.response]).toEqual([true, undefined, whole.response]);
    }),
  );
});

test("a response is not complete before its last byte", () => {
  for (const text of responses) expect(parse(text.slice(0, -1)).isDone).toBe(false);
});

/** [headers, milliseconds for which the connection can be used again] */
test.each([
  ["HTTP/1.1 200 OK\r\n", undefined],
  ["HTTP/1.1 200 OK\r\nConnection: close\r\n", 0],
  ["HTTP/1.1 200 OK\r\nConnection: Foo, Close\r\n", 0],
  ["HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: max=100, timeout=5\r\n", 5_000],
  ["HTTP/1.1 200 OK\r\nKeep-Alive: timeout=0\r\n", 0],
  ["HTTP/1.0 200 OK\r\n", 0],
  ["HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n", undefined],
])("after %j the connection can be used for %s ms", (head, ms) => {
  expect(parse(`${head}Content-Length: 0\r\n\r\n`).keepAliveMs).toBe(ms);
});

test.each([
  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200",
  "HTTP/1.1 204 No Content\r\n\r\nabc",
])("a connection with bytes after the response %j is not used again", (text) => {
  expect(parse(text)).toMatchObject({ isDone: true, keepAliveMs: 0 });
});

test("endless chunk headers are rejected", () => {
  const start = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const tooLong = "chunk headers are too long";
  expect(() => parse(`${start}1;${"x".repeat(20_000)}`)).toThrow(tooLong);
  expect(() => parse(`${start}0\r\n${"A: b\r\n".repeat(5_000)}`)).toThrow(tooLong);
});
