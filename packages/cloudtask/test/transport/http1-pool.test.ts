import { once } from "node:events";
import { Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import type { HttpRequest, HttpSender } from "../../src/core/http-sender.ts";
import { createSocketSender } from "../../src/transport/http1/socket-sender-node.ts";
import { OK, type RawServer, rawServer } from "../support/raw-server.ts";

function startSender(): HttpSender {
  const sender = createSocketSender();
  onTestFinished(() => sender.close());
  return sender;
}

function get({ url }: RawServer, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "GET", url, headers: {}, signal: new AbortController().signal, ...more };
}

const last = [
  { after: "Connection: close", answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}" },
  {
    after: "close among other options",
    answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: a, Close\r\n\r\n{}",
  },
  { after: "an HTTP/1.0 answer", answer: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}" },
  { after: "Keep-Alive: timeout=0", answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=0\r\n\r\n{}" },
  { after: "more bytes than the answer", answer: `${OK}${OK}` },
  { after: "a status that switches protocols", answer: "HTTP/1.1 101 Switching Protocols\r\n\r\n" },
];

test.each(last)("a connection is not used again after $after", async ({ answer }) => {
  const server = await rawServer((socket) => socket.write(answer));
  const sender = startSender();
  await sender.send(get(server));
  await sender.send(get(server));
  expect(server.sockets).toHaveLength(2);
});

const kept = [
  { after: "an answer with a length", answer: OK },
  { after: "an answer in chunks", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
  { after: "an answer without content", answer: "HTTP/1.1 204 No Content\r\n\r\n" },
  {
    after: "an HTTP/1.0 answer with keep-alive",
    answer: "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\n{}",
  },
];

test.each(kept)("a connection is used again after $after", async ({ answer }) => {
  const server = await rawServer((socket) => socket.write(answer));
  const sender = startSender();
  for (let count = 0; count < 3; count += 1) await sender.send(get(server));
  expect(server.sockets).toHaveLength(1);
});

test("a connection on which bytes arrive without a request is not used again", async () => {
  const server = await rawServer((socket) => {
    socket.write(OK);
    setImmediate(() => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"));
  });
  const sender = startSender();
  expect((await sender.send(get(server))).body).toBe("{}");
  await once(server.sockets[0] as Socket, "close");
  expect((await sender.send(get(server))).body).toBe("{}");
  expect(server.sockets).toHaveLength(2);
});

test("a connection is not used again after an answer that arrived before the request was sent", async () => {
  let isFirst = true;
  const server = await rawServer((socket) => {
    if (isFirst) socket.write(OK);
    isFirst = false;
    socket.pause();
  });
  const sender = startSender();
  await sender.send(get(server, { method: "POST", body: "x".repeat(50_000_000) }));
  isFirst = true;
  await sender.send(get(server));
  expect(server.sockets).toHaveLength(2);
});

const idle = [
  { hint: "", idleMs: 60_000 },
  { hint: "Keep-Alive: timeout=5\r\n", idleMs: 4_000 },
  { hint: "Keep-Alive: max=100, timeout=1\r\n", idleMs: 500 },
  { hint: "Keep-Alive: timeout=600\r\n", idleMs: 60_000 },
];

test.each(idle)("with '$hint' a connection is idle for $idleMs ms at most", async ({ hint, idleMs }) => {
  const server = await rawServer((socket) => socket.write(OK.replace("\r\n\r\n", `\r\n${hint}\r\n`)));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const sender = startSender();
  await sender.send(get(server));
  const [first] = server.sockets as [Socket];
  const closed = once(first, "close");
  vi.advanceTimersByTime(idleMs - 1);
  await sender.send(get(server));
  vi.advanceTimersByTime(idleMs + 1);
  await closed;
  await sender.send(get(server));
  expect(server.sockets).toHaveLength(2);
});

test("a request that waits for one of 128 connections can be aborted, and the next one takes its place", async () => {
  const answers: (() => unknown)[] = [];
  const server = await rawServer((socket) => answers.push(() => socket.write(OK)));
  const sender = startSender();
  const first = Array.from({ length: 128 }, () => sender.send(get(server)));
  await expect.poll(() => answers.length).toBe(128);
  const controller = new AbortController();
  const aborted = sender.send(get(server, { signal: controller.signal }));
  const next = sender.send(get(server));
  controller.abort(new Error("enough"));
  await expect(aborted).rejects.toThrow("enough");
  answers.shift()?.();
  await expect.poll(() => answers.length).toBe(128);
  for (const answer of answers) answer();
  await Promise.all([...first, next]);
  expect(server.sockets).toHaveLength(128);
});

test("an aborted request closes its connection, and leaves nothing on the signal", async () => {
  const server = await rawServer((socket, piece) => piece.startsWith("GET /quick") && socket.write(OK));
  const sender = startSender();
  const controller = new AbortController();
  const removed = vi.spyOn(controller.signal, "removeEventListener");
  await sender.send(get(server, { url: `${server.url}/quick`, signal: controller.signal }));
  const pending = sender.send(get(server, { signal: controller.signal }));
  await expect.poll(() => server.received.length).toBe(2);
  const closed = once(server.sockets[0] as Socket, "close");
  controller.abort(new Error("enough"));
  await expect(pending).rejects.toThrow("enough");
  await closed;
  expect(removed).toHaveBeenCalledTimes(2);
});

test("after close() a request is answered, and its connection is closed", async () => {
  const server = await rawServer((socket) => socket.write(OK));
  const sender = createSocketSender();
  await sender.close();
  expect((await sender.send(get(server))).status).toBe(200);
  await once(server.sockets[0] as Socket, "close");
});

test("onConnection is called before the request is sent, on a new and on a used connection", async () => {
  const server = await rawServer((socket) => socket.write(OK));
  const sender = startSender();
  const received: number[] = [];
  const onConnection = (): unknown => received.push(server.received.length);
  await sender.send(get(server, { onConnection }));
  await sender.send(get(server, { onConnection }));
  expect(received).toEqual([0, 1]);
});

test("a request is one write, and needs no timer", async () => {
  const server = await rawServer((socket) => socket.write(OK));
  const sender = startSender();
  await sender.send(get(server));
  const write = vi.spyOn(Socket.prototype, "write");
  const timer = vi.spyOn(globalThis, "setTimeout");
  onTestFinished(() => void vi.restoreAllMocks());
  for (const body of ["{}", "é".repeat(100)]) await sender.send(get(server, { method: "POST", body }));
  const sent = write.mock.contexts.filter(
    (socket) => (socket as Socket).remotePort === Number(new URL(server.url).port),
  );
  expect(sent).toHaveLength(2);
  expect(timer).not.toHaveBeenCalled();
});
