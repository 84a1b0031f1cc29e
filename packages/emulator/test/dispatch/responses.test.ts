/** The emulator reads responses as strictly as `node:http`, and the same bytes have the same result. */
import { once } from "node:events";
import http from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { createTask } from "../support/api.ts";

const ok = "HTTP/1.1 200 OK\r\n";

const responses: Readonly<Record<string, string>> = {
  "a body of a known length": `${ok}Content-Length: 3\r\n\r\nabc`,
  "spaces around a value": `${ok}Content-Length:   3  \r\n\r\nabc`,
  "a body until the connection closes": `${ok}X-A: b\r\n\r\nabc`,
  "HTTP/1.0": "HTTP/1.0 200 OK\r\n\r\nabc",
  "no reason phrase": "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
  "an unknown status": "HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n\r\n",
  "line breaks before the response": "\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
  "a 204 with a Content-Length": "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
  "a 304": "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
  "interim responses": `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${ok}Content-Length: 1\r\n\r\na`,
  "chunks with an extension and a trailer": `${ok}Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nT: x\r\n\r\n`,
  "a compressed body in chunks": `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  "another transfer encoding": `${ok}Transfer-Encoding: gzip\r\n\r\nabc`,
  "a value with Latin-1 characters": `${ok}X-A: caf\xe9\r\nContent-Length: 0\r\n\r\n`,
  "no HTTP": "hello\r\n\r\n",
  "line feeds only": "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
  "a line feed after a header": `${ok}A: b\nContent-Length: 0\r\n\r\n`,
  "a folded header": `${ok}A: b\r\n c\r\nContent-Length: 0\r\n\r\n`,
  "a space after a name": `${ok}A : b\r\nContent-Length: 0\r\n\r\n`,
  "a header without a colon": `${ok}Abc\r\nContent-Length: 0\r\n\r\n`,
  "a control character in a value": `${ok}A: b\x01c\r\nContent-Length: 0\r\n\r\n`,
  "a negative length": `${ok}Content-Length: -3\r\n\r\nabc`,
  "two lengths in one header": `${ok}Content-Length: 3, 3\r\n\r\nabc`,
  "two headers with a length": `${ok}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`,
  "a length and chunks": `${ok}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  "a chunk size that is not a number": `${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
  "a chunk that is longer than its size": `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n`,
  "line feeds between chunks": `${ok}Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n`,
  "too many headers": `${ok}A: ${"x".repeat(20_000)}\r\n\r\n`,
  "an empty answer": "",
  "half a status line": "HTTP/1.1 2",
  "a part of a body": `${ok}Content-Length: 5\r\n\r\nab`,
  "a part of a chunk": `${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nab`,
};

type Outcome = readonly [status: number, body: string, headers: readonly (readonly [string, string])[]] | "no answer";

/** Starts a server that answers each connection with the same bytes, and closes it. */
async function serve(text: string): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(text, "latin1"));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

function nodeOutcome(port: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const request = http.request({ host: "127.0.0.1", port, method: "POST" }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on("error", () => resolve("no answer"));
      const names = response.rawHeaders.filter((_, index) => index % 2 === 0);
      const headers = names.map((name, index) => [name, response.rawHeaders[2 * index + 1] ?? ""] as const);
      response.on("end", () => resolve([response.statusCode ?? 0, body, headers]));
    });
    request.on("error", () => resolve("no answer"));
    request.end();
  });
}

async function emulatorOutcome(port: number): Promise<Outcome> {
  await using emulator = await createEmulator({ queues: { default: { retry: { maxAttempts: 1 } } } });
  await createTask(emulator, { url: `http://127.0.0.1:${port}/` });
  await emulator.idle();
  const [attempt] = emulator.attempts();
  const { response } = attempt ?? {};
  expect(attempt?.error === undefined).toBe(response !== undefined);
  return response ? [response.status, response.body, response.headers] : "no answer";
}

test.each(Object.keys(responses))("%s: the same result as with node:http", async (name) => {
  const { server, port } = await serve(responses[name] ?? "");
  expect(await emulatorOutcome(port)).toEqual(await nodeOutcome(port));
  server.close();
});
