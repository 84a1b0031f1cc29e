import { createServer, type RequestListener } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import express, { type Express, type RequestHandler } from "express";
// @ts-expect-error Express 4 is installed beside 5 under another name, without types of its own.
import express4 from "express4";
import { expect, test } from "vitest";
import { adapterSuite, type Mount, type Mounted, rawBodySuite } from "../../test/support/adapter-suite.ts";
import { CloudTaskClient, createWorker } from "../index.ts";
import { cloudTaskRouter } from "./express.ts";
import { cloudTaskListener } from "./node.ts";

async function listen(listener: RequestListener): Promise<Mounted> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/** An app of either version with the worker mounted, after some middleware. */
function mountIn(make: () => Express, ...before: readonly RequestHandler[]): Mount {
  return async (client, options) => {
    const app = make();
    for (const handler of before) app.use(handler);
    app.use("/tasks/run", cloudTaskRouter(client, options));
    return listen(app);
  };
}

const node: Mount = async (client, options) => listen(cloudTaskListener(client, options));
const versions = [
  ["Express 4", express4 as typeof express],
  ["Express 5", express],
] as const;
const anyType = { type: () => true, limit: "2mb" };

adapterSuite("node:http", node);
rawBodySuite("node:http", node);

for (const [name, make] of versions) {
  adapterSuite(name, mountIn(make));
  rawBodySuite(name, mountIn(make));
  adapterSuite(`${name} after express.json()`, mountIn(make, make.json({ limit: "2mb" })));
  adapterSuite(`${name} after express.raw()`, mountIn(make, make.raw(anyType)));
  adapterSuite(`${name} after express.text()`, mountIn(make, make.text(anyType)));
}

test("a body that was read and kept nowhere is refused, not taken for an empty one", async () => {
  const swallow: RequestHandler = (request, _, next) => {
    request.resume().on("end", next);
  };
  const client = new CloudTaskClient({ url: "http://worker.test/", secret: "s3cret" });
  const { origin, close } = await mountIn(express, swallow)(client);
  const headers = { "Content-Type": "application/json", "X-CloudTask-Secret": "s3cret" };
  const response = await fetch(`${origin}/tasks/run`, { method: "POST", headers, body: '{"task":"x"}' });
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("mount the worker before")]);
  await close();
});

test.each(versions)("%s: what lies below the mount, and routes of the app, are left alone", async (_, make) => {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
  client.task("where", (_payload: undefined, { delivery }) => new URL(delivery.request.url).pathname);
  const app = make();
  app.use("/tasks/run", cloudTaskRouter(client, { allowUnauthenticated: true }));
  app.post("/routed", cloudTaskRouter(createWorker(client, { allowUnauthenticated: true })));
  app.use((request, response) => void response.status(299).send(request.path));
  const { origin, close } = await listen(app);
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"task":"where"}' };
  const answers = ["/tasks/run", "/tasks/run/", "/tasks/run?x=1", "/routed", "/tasks/run/below", "/other"].map((path) =>
    fetch(origin + path, init).then(({ status }) => status),
  );
  expect(await Promise.all(answers)).toEqual([200, 200, 200, 200, 299, 299]);
  await close();
});

test("an adapter takes a worker as well, and then no options", () => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const worker = createWorker(client, { allowUnauthenticated: true });
  expect(cloudTaskListener(worker)).toBeInstanceOf(Function);
  expect(() => cloudTaskRouter(worker, { maxConcurrency: 1 })).toThrow(/give worker options to createWorker\(\)/);
  expect(() => cloudTaskListener(client)).toThrow(/allowUnauthenticated/);
});

/** Sends raw bytes and gives back the status line. */
function rawStatus(origin: string, head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(new URL(origin).port), host: "127.0.0.1" }, () => socket.end(head));
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("end", () => resolve(answer.split("\r\n")[0] ?? ""));
    socket.on("error", reject);
  });
}

test.each([
  ["TRACE / HTTP/1.1", 400],
  ["OPTIONS * HTTP/1.1", 405],
  ["GET http://elsewhere.test/x HTTP/1.1", 405],
  ["GET // HTTP/1.1", 405],
  ["POST /x?%zz HTTP/1.1", 401],
])("node:http: %s is answered %i, and the server goes on", async (line, status) => {
  const client = new CloudTaskClient({ url: "http://worker.test/", secret: "s3cret" });
  const { origin, close } = await node(client);
  const head = `${line}\r\nHost: [bad\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  expect(await rawStatus(origin, head)).toContain(` ${status} `);
  expect((await fetch(origin)).status).toBe(405);
  await close();
});

test.each(["a:b@c", "[bad", "", "worker.test:99999"])("node:http: the host %j harms nobody", async (host) => {
  const client = new CloudTaskClient({ url: "http://worker.test/", secret: "s3cret" });
  const { origin, close } = await node(client);
  const head = `POST / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  expect(await rawStatus(origin, head)).toMatch(/ 40[01] /);
  expect((await fetch(origin)).status).toBe(405);
  await close();
});

test("where something else has begun to answer, its answer stands", async () => {
  const client = new CloudTaskClient({ url: "http://worker.test/", secret: "s3cret" });
  const hasty: RequestHandler = (_, response, next) => {
    response.writeHead(418).end();
    next();
  };
  const { origin, close } = await mountIn(express, hasty)(client);
  expect((await fetch(`${origin}/tasks/run`, { method: "POST" })).status).toBe(418);
  await close();
});

test("a server that speaks HTTP/2 can be served too", async () => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  client.task("where", (_: undefined, { delivery }) => delivery.request.url);
  const listener = cloudTaskListener(client, { allowUnauthenticated: true });
  const server = createHttp2Server((incoming, outgoing) => void listener(incoming as never, outgoing as never));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const stream = session.request({ ":method": "POST", ":path": "/tasks", "content-type": "application/json" });
  stream.end('{"task":"where"}');
  const body = (await stream.setEncoding("utf8").toArray()).join("");
  expect(JSON.parse(body)).toMatchObject({ status: "success", result: expect.stringMatching(/\/tasks$/) });
  session.close();
  await new Promise((resolve) => server.close(resolve));
});
