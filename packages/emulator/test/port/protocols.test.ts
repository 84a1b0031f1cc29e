import { once } from "node:events";
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { CloudTasks } from "../../src/gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { TaskSchema } from "../../src/gen/google/cloud/tasks/v2/task_pb.ts";
import { allFrom, connected, GrpcClient, openPort, PREFACE, SETTINGS } from "../support/port.ts";

const { getTask } = CloudTasks.method;

const methods = { getTask: async () => create(TaskSchema, { name: "t" }) };

test("one port answers HTTP/1 and gRPC at the same time", async () => {
  await using port = await openPort({ methods });
  using client = new GrpcClient(port);
  const calls = Array.from({ length: 50 }, async (_, index) => {
    const response = await fetch(`${port.url}/${index}`);
    return [(await client.call(getTask, {})).name, await response.json()];
  });
  const answers = Array.from({ length: 50 }, (_, index) => ["t", { path: `/${index}`, body: "" }]);
  expect(await Promise.all(calls)).toEqual(answers);
});

test("the first calls of several clients wait until gRPC is loaded, and all are answered", async () => {
  await using port = await openPort({ methods });
  const names = Array.from({ length: 5 }, async () => {
    using client = new GrpcClient(port);
    return (await client.call(getTask, {})).name;
  });
  expect(await Promise.all(names)).toEqual(["t", "t", "t", "t", "t"]);
});

// These methods start with the same letter as the preface of HTTP/2.
test.each(["POST", "PUT", "PATCH", "PROPFIND"])("a %s request is not mistaken for HTTP/2", async (method) => {
  await using port = await openPort();
  const response = await fetch(`${port.url}/v2/x`, { method, body: "hello" });
  expect(await response.json()).toEqual({ path: "/v2/x", body: "hello" });
});

const HEAD = "POST /v2/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5\r\n";

test("a request that arrives byte by byte is answered", async () => {
  await using port = await openPort();
  const socket = await connected(port);
  socket.setNoDelay(true);
  for (const byte of `${HEAD}\r\nhello`) await new Promise((sent) => socket.write(byte, sent));
  expect(await allFrom(socket)).toContain('{"path":"/v2/x","body":"hello"}');
});

test("the preface of HTTP/2 may arrive byte by byte", async () => {
  await using port = await openPort();
  const socket = await connected(port);
  socket.setNoDelay(true);
  for (const byte of PREFACE) await new Promise((sent) => socket.write(Uint8Array.of(byte), sent));
  socket.end(SETTINGS);
  const [length = 0, type, flags] = Buffer.from(await allFrom(socket), "latin1").subarray(2);
  expect([length % 6, type, flags]).toEqual([0, 4, 0]);
});

test("pipelined requests are answered in order", async () => {
  await using port = await openPort();
  const requests = ["/1", "/2", "/3"].map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  const socket = await connected(port, requests.join(""), `${HEAD}\r\nhello`);
  const bodies = [...(await allFrom(socket)).matchAll(/\{.*?\}/g)].map(([body]) => JSON.parse(body));
  expect(bodies).toEqual([
    { path: "/1", body: "" },
    { path: "/2", body: "" },
    { path: "/3", body: "" },
    { path: "/v2/x", body: "hello" },
  ]);
});

test("a request with Expect: 100-continue is answered 100", async () => {
  await using port = await openPort();
  const socket = await connected(port, `${HEAD}Expect: 100-continue\r\n\r\n`);
  const [told] = await once(socket, "data");
  expect(String(told)).toBe("HTTP/1.1 100 Continue\r\n\r\n");
  socket.write("hello");
  expect(await allFrom(socket)).toContain('{"path":"/v2/x","body":"hello"}');
});

test("a request that offers an upgrade to HTTP/2 is answered in HTTP/1", async () => {
  await using port = await openPort();
  const offer = "Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
  const socket = await connected(port, `GET /v2/x HTTP/1.1\r\nHost: localhost\r\n${offer}\r\n`);
  const answer = await allFrom(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toContain('{"path":"/v2/x","body":""}');
});

test("an HTTP/1 client that has closed its side after the request still receives the response", async () => {
  await using port = await openPort();
  const socket = await connected(port);
  socket.end(`${HEAD}\r\nhello`);
  expect(await allFrom(socket)).toContain('{"path":"/v2/x","body":"hello"}');
});

test("a connection is reused for the next request", async () => {
  await using port = await openPort();
  const socket = await connected(port, "GET /1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const [first] = await once(socket, "data");
  expect(String(first)).toContain("Keep-Alive: timeout=65");
  socket.write(`${HEAD}\r\nhello`);
  expect(await allFrom(socket)).toContain('{"path":"/v2/x","body":"hello"}');
});
