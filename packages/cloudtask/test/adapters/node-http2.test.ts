import { once } from "node:events";
import { type ClientHttp2Stream, connect, createServer, type OutgoingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { cloudTaskListener } from "../../src/adapters/node.ts";
import { CloudTaskClient, type WorkerOptions } from "../../src/index.ts";
import { gate } from "../support/adapter-gate.ts";

const SECRET = { "x-cloudtask-secret": "s3cret-key", "content-type": "application/json" };

type Send = (headers?: OutgoingHttpHeaders) => ClientHttp2Stream;

/** Serves a client's tasks over HTTP/2 with prior knowledge, as Cloud Run does with end-to-end HTTP/2. */
async function served(client: CloudTaskClient, options?: WorkerOptions): Promise<Send> {
  const listener = cloudTaskListener(client, options);
  const server = createServer((incoming, outgoing) => void listener(incoming as never, outgoing as never));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(async () => {
    session.destroy();
    server.close();
    await once(server, "close");
  });
  return (headers) => session.request({ ":method": "POST", ":path": "/tasks?x=1", ...SECRET, ...headers });
}

async function answerOf(stream: ClientHttp2Stream): Promise<readonly [number | undefined, unknown]> {
  const [headers] = await once(stream, "response");
  const text = (await stream.setEncoding("utf8").toArray()).join("");
  return [headers[":status"], JSON.parse(text)];
}

function newClient(): CloudTaskClient {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret-key" });
  client.task("where", (_: undefined, { delivery }) => delivery.request.url.replace(/:\d+/, ""));
  client.task("headers", (_: undefined, { delivery }) => Object.fromEntries(delivery.request.headers));
  client.task("length", (payload: string) => payload.length);
  return client;
}

test("HTTP/2: a delivery arrives whole, with the URL of its pseudo-headers", async () => {
  const send = await served(newClient());
  expect(await answerOf(send().end('{"task":"where"}'))).toEqual([
    200,
    { status: "success", result: "http://127.0.0.1/tasks?x=1" },
  ]);
  expect(await answerOf(send({ ":authority": "worker.test" }).end('{"task":"where"}'))).toEqual([
    200,
    { status: "success", result: "http://worker.test/tasks?x=1" },
  ]);
});

test("HTTP/2: pseudo-headers do not reach the handler, and a duplicate header has both values", async () => {
  const send = await served(newClient());
  const [, told] = await answerOf(send({ "x-tag": ["a", "b"] }).end('{"task":"headers"}'));
  expect(told).toMatchObject({ result: { "x-tag": "a, b" } });
  expect(JSON.stringify(told)).not.toMatch(/":(method|path|authority)|s3cret-key/);
});

test("HTTP/2: fifty concurrent deliveries over one connection do not mix", async () => {
  const send = await served(newClient());
  const lengths = Array.from({ length: 50 }, (_, index) => index * 1_000);
  const answers = lengths.map(async (length) => {
    const [, told] = await answerOf(send().end(JSON.stringify({ task: "length", payload: "x".repeat(length) })));
    return (told as { readonly result: number }).result;
  });
  expect(await Promise.all(answers)).toEqual(lengths);
});

test("HTTP/2: a body over the limit is answered 413, with or without a length, and the connection stays usable", async () => {
  const send = await served(newClient(), { maxBodyBytes: 1_000 });
  const body = JSON.stringify({ task: "length", payload: "x".repeat(500_000) });
  for (const headers of [{ "content-length": String(body.length) }, {}]) {
    const stream = send(headers);
    stream.on("error", () => undefined).end(body);
    expect(await answerOf(stream)).toEqual([413, expect.objectContaining({ status: "too-large" })]);
    expect(await answerOf(send().end('{"task":"length","payload":"abc"}'))).toEqual([
      200,
      { status: "success", result: 3 },
    ]);
  }
});

test("HTTP/2: a caller that resets a stream aborts only that delivery", async () => {
  const client = newClient();
  const [begun, lost, goOn] = [gate(), gate<unknown>(), gate()];
  client.task("wait", async (_: undefined, { delivery }) => {
    delivery.signal.addEventListener("abort", () => lost.open(delivery.signal.reason));
    begun.open();
    return lost.opened;
  });
  client.task("other", () => goOn.opened.then(() => "done"));
  const send = await served(client);
  const other = answerOf(send().end('{"task":"other"}'));
  const stream = send();
  stream.on("error", () => undefined).end('{"task":"wait"}');
  await begun.opened;
  stream.close();
  expect(await lost.opened).toEqual(new Error("the caller closed the connection"));
  goOn.open();
  expect(await other).toEqual([200, { status: "success", result: "done" }]);
});

test("HTTP/2: the signal of an answered delivery does not abort", async () => {
  const client = newClient();
  const reasons: unknown[] = [];
  client.task("watch", (_: undefined, { delivery }) => {
    delivery.request.signal.addEventListener("abort", () => reasons.push(delivery.request.signal.reason));
  });
  const send = await served(client);
  const stream = send();
  expect(await answerOf(stream.end('{"task":"watch"}'))).toEqual([200, { status: "success" }]);
  expect((await answerOf(send().end('{"task":"where"}')))[0]).toBe(200);
  expect(reasons).toEqual([]);
});
