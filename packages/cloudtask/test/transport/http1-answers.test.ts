import http from "node:http";
import type { Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { HttpSender } from "../../src/core/http-sender.ts";
import { createModuleSender } from "../../src/transport/http-module-node.ts";
import { createSocketSender } from "../../src/transport/http1/socket-sender-node.ts";
import { socketFault } from "../../src/transport/socket-fault.ts";
import { rawServer } from "../support/raw-server.ts";

const overModule = (): HttpSender => createModuleSender(http);

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const LENGTH_2 = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n";

/** The bytes of answers. The server closes the connection after those whose name says so. */
const valid: Readonly<Record<string, string>> = {
  "a body with a length": `${LENGTH_2}\r\n{}`,
  "no reason after the status": "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}",
  "an empty reason": "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\n{}",
  "a reason with bytes above ASCII": "HTTP/1.1 200 Zo\xeb\r\nContent-Length: 2\r\n\r\n{}",
  "an error status": "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
  "spaces around a value": `${LENGTH_2}X-Value: \t a b \t \r\n\r\n{}`,
  "no space before a value": "HTTP/1.1 200 OK\r\nContent-Length:2\r\n\r\n{}",
  "a value of a byte above ASCII": `${LENGTH_2}X-Value: \xa0\xe9\xa0\r\n\r\n{}`,
  "an empty value": `${LENGTH_2}X-Value:\r\n\r\n{}`,
  "a repeated header": `${LENGTH_2}X-Value: a\r\nx-value: b\r\n\r\n{}`,
  "repeated cookies": `${LENGTH_2}Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n{}`,
  "a repeated Retry-After": `${LENGTH_2}Retry-After: 1\r\nRetry-After: 2\r\n\r\n{}`,
  "a repeated Content-Type": `${LENGTH_2}Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n{}`,
  "the name of a property of objects": `${LENGTH_2}constructor: a\r\ntoString: b\r\n\r\n{}`,
  "an early hint before the answer": `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${LENGTH_2}\r\n{}`,
  "two informational answers": `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${LENGTH_2}\r\n{}`,
  "no content": "HTTP/1.1 204 No Content\r\n\r\n",
  "no content with a length": "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
  "not modified with the length of the content": "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
  chunks: `${CHUNKED}2\r\n{"\r\n6\r\na":1}\n\r\n0\r\n\r\n`,
  "chunks with sizes in both cases": `${CHUNKED}a\r\n0123456789\r\n0A\r\n0123456789\r\n000\r\n\r\n`,
  "chunks with extensions": `${CHUNKED}2;name=value\r\n{}\r\n0;last\r\n\r\n`,
  "chunks with trailers": `${CHUNKED}2\r\n{}\r\n0\r\nX-Checksum: 1\r\n\r\n`,
  "an empty body in chunks": `${CHUNKED}0\r\n\r\n`,
  "a body that ends with the connection: close": "HTTP/1.1 200 OK\r\n\r\n{}",
  "an HTTP/1.0 answer: close": "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold",
  "a length, and then: close": `${LENGTH_2}Connection: close\r\n\r\n{}`,
  "a text in UTF-8": "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\xf0\x9f\x9a\x80",
};

const invalid: Readonly<Record<string, string>> = {
  "another protocol": "SSH-2.0-OpenSSH\r\n\r\n",
  "another version of HTTP": "HTTP/3.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
  "a status that is no number": "HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\n{}",
  "a header without a colon": "HTTP/1.1 200 OK\r\nContent-Length 2\r\n\r\n{}",
  "a space in the name of a header": `${LENGTH_2}X Value: 1\r\n\r\n{}`,
  "a null byte in a value": `${LENGTH_2}X-Value: \0\r\n\r\n{}`,
  "lines that end without a carriage return": "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}",
  "a value over two lines": `${LENGTH_2}X-Value: a\r\n  b\r\n\r\n{}`,
  "two lengths": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
  "a negative length": "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
  "a length that is no number": "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\n{}",
  "a length beside chunks":
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
  "a chunk size that is no number": `${CHUNKED}x\r\n{}\r\n0\r\n\r\n`,
  "a chunk longer than its size": `${CHUNKED}1\r\n{}\r\n0\r\n\r\n`,
  "headers of more than 16 KiB": `${LENGTH_2}X-Value: ${"x".repeat(20_000)}\r\n\r\n{}`,
  "headers without an end": `HTTP/1.1 200 OK\r\nX-Value: ${"x".repeat(40_000)}`,
  "an end in the middle of the headers: close": "HTTP/1.1 200 OK\r\nContent-",
  "an end in the middle of the body: close": "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
  "an end in the middle of a chunk: close": `${CHUNKED}5\r\n{`,
  "an end before the last chunk: close": `${CHUNKED}2\r\n{}\r\n`,
  "an end before the trailers: close": `${CHUNKED}2\r\n{}\r\n0\r\n`,
  "no answer: close": "",
};

type Write = (socket: Socket, bytes: Buffer) => unknown;

async function writeBytes(socket: Socket, bytes: Buffer): Promise<void> {
  for (const byte of bytes) await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
}

async function answered(
  create: () => HttpSender,
  name: string,
  answer = "",
  write: Write = (to, all) => to.write(all),
) {
  const server = await rawServer(async (socket) => {
    await write(socket, Buffer.from(answer, "latin1"));
    if (name.endsWith("close")) socket.end();
  });
  const sender = create();
  onTestFinished(() => sender.close());
  return sender.send({ method: "GET", url: server.url, headers: {}, signal: new AbortController().signal });
}

test.each(Object.keys(valid))("sockets read the answer as node:http does: %s", async (name) => {
  const expected = await answered(overModule, name, valid[name]);
  const answer = await answered(createSocketSender, name, valid[name]);
  expect({ ...answer, headers: { ...answer.headers } }).toEqual({ ...expected, headers: { ...expected.headers } });
});

test.each(Object.keys(valid))("sockets read the answer in pieces of one byte: %s", async (name) => {
  const expected = await answered(createSocketSender, name, valid[name]);
  expect(await answered(createSocketSender, name, valid[name], writeBytes)).toEqual(expected);
});

test.each(Object.keys(invalid))("sockets reject the answer, as node:http does: %s", async (name) => {
  const byModule = await answered(overModule, name, invalid[name]).catch((error: unknown) => error);
  const bySocket = await answered(createSocketSender, name, invalid[name]).catch((error: unknown) => error);
  expect(socketFault(byModule).code).toMatch(/^(HPE_|ECONNRESET)/);
  expect(socketFault(bySocket).code).toMatch(/^(HPE_|ECONNRESET)/);
});
