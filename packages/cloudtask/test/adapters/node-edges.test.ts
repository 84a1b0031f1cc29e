import { expect, onTestFinished, test } from "vitest";
import { cloudTaskListener } from "../../src/adapters/node.ts";
import { CloudTaskClient, createWorker } from "../../src/index.ts";
import { gate } from "../support/adapter-gate.ts";
import { listen } from "../support/adapter-listen.ts";
import { headOf, Wire } from "../support/adapter-wire.ts";

function newClient(): CloudTaskClient {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret-key" });
  client.task("where", (_: undefined, { delivery }) => delivery.request.url);
  return client;
}

async function started(client = newClient()): Promise<string> {
  const { origin, close } = await listen(cloudTaskListener(client));
  onTestFinished(close);
  return origin;
}

/** Sends bytes over a connection of their own, and returns the answer. */
async function send(origin: string, bytes: string): Promise<{ readonly status: number; readonly text: string }> {
  const wire = await Wire.open(origin);
  onTestFinished(() => wire.hangUp());
  await wire.send(bytes);
  return wire.answer();
}

test.each([
  ["TRACE / HTTP/1.1", 405],
  ["OPTIONS * HTTP/1.1", 405],
  ["GET http://elsewhere.test/x HTTP/1.1", 405],
  ["GET // HTTP/1.1", 405],
  ["POST /x?%zz HTTP/1.1", 401],
])("node:http: %s is answered %i, and the server stays up", async (line, status) => {
  const origin = await started();
  const answer = await send(origin, `${line}\r\nHost: [bad\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  expect(answer.status).toBe(status);
  expect((await fetch(origin)).status).toBe(405);
});

const WHERE = '{"task":"where"}';

test.each([
  ["a:b@c", "http://localhost/tasks"],
  ["[bad", "http://localhost/tasks"],
  ["", "http://localhost/tasks"],
  ["worker.test:99999", "http://localhost/tasks"],
  ["worker.test/other?x=", "http://localhost/tasks"],
  ["worker.test\\other", "http://localhost/tasks"],
  ["worker.test#", "http://localhost/tasks"],
  ["worker.test:8080", "http://worker.test:8080/tasks"],
  ["[::1]:8080", "http://[::1]:8080/tasks"],
])("node:http: the host %j does not change the path", async (host, url) => {
  const head = headOf([`Content-Length: ${WHERE.length}`], "POST /tasks HTTP/1.1").replace("worker.test", host);
  const { status, text } = await send(await started(), head + WHERE);
  expect([status, JSON.parse(text).result]).toEqual([200, url]);
});

test.each([
  ["http://elsewhere.test/tasks/run?x=1", "http://worker.test/tasks/run?x=1"],
  ["http://elsewhere.test", "http://worker.test/"],
  ["//elsewhere.test/tasks", "http://worker.test//elsewhere.test/tasks"],
  ["/a/../tasks", "http://worker.test/tasks"],
])("node:http: the target %s is reduced to its path and query", async (target, url) => {
  const head = headOf([`Content-Length: ${WHERE.length}`], `POST ${target} HTTP/1.1`);
  expect(JSON.parse((await send(await started(), head + WHERE)).text).result).toBe(url);
});

test("node:http: two lengths, and a length with chunks, are rejected before the worker is called", async () => {
  const origin = await started();
  for (const headers of [
    ["Content-Length: 16", "Content-Length: 17"],
    ["Content-Length: 16", "Transfer-Encoding: chunked"],
  ]) {
    expect((await send(origin, headOf(headers) + WHERE)).status).toBe(400);
  }
});

test("node:http: two tokens are rejected, not reduced to one", async () => {
  const client = newClient();
  client.task("header", (_: undefined, { delivery }) => delivery.request.headers.get("X-Token"));
  const head = headOf(["X-Token: a", "Content-Length: 17", "X-Token: b"]);
  expect(JSON.parse((await send(await started(client), `${head}{"task":"header"}`)).text).result).toBe("a, b");
});

test("node:http: a caller that continues to send after a rejection is cut off", async () => {
  const origin = await started();
  const wire = await Wire.open(origin);
  await wire.send(headOf(["Content-Length: 1000000000000"]).replace("s3cret-key", "guess"));
  expect((await wire.answer()).status).toBe(403);
  let ended = false;
  const ends = wire.ended().then(() => {
    ended = true;
  });
  let sent = 0;
  for (; !ended && sent < 200; sent++) await wire.send(Buffer.alloc(1_000_000));
  await ends;
  expect(sent).toBeGreaterThan(10);
  expect(sent).toBeLessThan(200);
});

test("node:http: the abort reason of a delivery names the lost connection", async () => {
  const client = newClient();
  const [begun, lost] = [gate(), gate<unknown>()];
  client.task("wait", (_: undefined, { delivery }) => {
    delivery.signal.addEventListener("abort", () => lost.open(delivery.signal.reason));
    begun.open();
    return lost.opened;
  });
  const wire = await Wire.open(await started(client));
  await wire.send(`${headOf(["Content-Length: 15"])}{"task":"wait"}`);
  await begun.opened;
  wire.hangUp();
  expect(await lost.opened).toEqual(new Error("the caller closed the connection"));
});

test("an adapter accepts a worker, without further options", () => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const worker = createWorker(client, { allowUnauthenticated: true });
  expect(cloudTaskListener(worker)).toBeInstanceOf(Function);
  expect(() => cloudTaskListener(worker, { maxConcurrency: 1 })).toThrow(/pass worker options to createWorker\(\)/);
});
