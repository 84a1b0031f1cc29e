import { Agent, type IncomingMessage, request } from "node:http";
import { PassThrough, pipeline, Readable } from "node:stream";
import { createGunzip, gzipSync } from "node:zlib";
import { cloudTaskPlugin } from "cloudtask/fastify";
import type { FastifyInstance } from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { CloudTaskClient, createWorker } from "../../src/index.ts";
import { FASTIFY_VERSIONS, listenOn } from "../support/fastify-versions.ts";

function makeClient(): CloudTaskClient {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret-key" });
  client.task("length", (payload: string) => payload.length);
  return client;
}

type Replace = (payload: Readable) => Readable;

/** Streams that a hook may use to replace a compressed body. */
const REPLACEMENTS: readonly (readonly [string, Replace])[] = [
  ["pipe()", (payload) => payload.pipe(createGunzip())],
  ["pipeline()", (payload) => pipeline(payload, createGunzip(), new PassThrough(), () => undefined)],
  ["an iterator", (payload) => Readable.from(unzipped(payload))],
];
const CASES = FASTIFY_VERSIONS.flatMap(([version, make]) =>
  REPLACEMENTS.map(([by, replace]) => ({ version, make, by, replace })),
);

async function* unzipped(payload: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of payload.pipe(createGunzip())) yield chunk;
}

function unzips(app: FastifyInstance, replace: Replace): void {
  app.addHook("preParsing", async (_request, _reply, payload) => replace(payload as IncomingMessage));
}

/** Sends bodies over one connection. */
function caller(origin: string): (body: Buffer, secret: string) => Promise<number | undefined> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return (body, secret) =>
    new Promise((resolve, reject) => {
      const headers = {
        "Content-Type": "application/json",
        "X-CloudTask-Secret": secret,
        "Content-Length": body.length,
      };
      const sent = request(`${origin}/tasks/run`, { agent, method: "POST", headers }, (answer) => {
        answer.resume().once("end", () => resolve(answer.statusCode));
      });
      sent.once("error", reject).end(body);
    });
}

function zipped(length: number): Buffer {
  // A text that compresses well would fit into intermediate buffers.
  const payload = Array.from({ length: length / 10 }, (_, index) => String((index * 48_271) % 1e10).padStart(10)).join(
    "",
  );
  return gzipSync(JSON.stringify({ task: "length", payload }));
}

test.each(CASES)(
  "$version: a stream from a hook, by $by, is read only after authentication, and never blocks the connection",
  async ({ make, replace }) => {
    const app = make();
    unzips(app, replace);
    await app.register(cloudTaskPlugin, { client: makeClient(), prefix: "/tasks/run" });
    const send = caller(await listenOn(app));
    expect(await send(zipped(500_000), "wrong")).toBe(403);
    expect(await send(zipped(500_000), "s3cret-key")).toBe(200);
    expect(await send(zipped(3_000_000), "wrong")).toBe(403);
    expect(await send(zipped(3_000_000), "s3cret-key")).toBe(413);
    expect(await send(zipped(1_000), "s3cret-key")).toBe(200);
    await app.close();
  },
);

test.each(FASTIFY_VERSIONS)(
  "%s: a stream that fails before or during reading is answered without further effects",
  async (_, make) => {
    const app = make();
    unzips(app, (payload) => payload.pipe(createGunzip()));
    app.addHook("preHandler", () => new Promise((resolve) => setImmediate(resolve)));
    await app.register(cloudTaskPlugin, { client: makeClient(), prefix: "/tasks/run" });
    const send = caller(await listenOn(app));
    const garbage = Buffer.alloc(3_000_000, "no gzip");
    expect(await send(garbage, "wrong")).toBe(403);
    expect(await send(garbage, "s3cret-key")).toBe(400);
    expect(await send(zipped(1_000), "s3cret-key")).toBe(200);
    await app.close();
  },
);

test.each(FASTIFY_VERSIONS)("%s: a worker that was passed in keeps its own limit", async (_, make) => {
  const app = make();
  unzips(app, (payload) => payload.pipe(createGunzip()));
  const worker = createWorker(makeClient(), { maxBodyBytes: 5_000_000 });
  await app.register(cloudTaskPlugin, { client: worker, prefix: "/tasks/run" });
  expect(await caller(await listenOn(app))(zipped(3_000_000), "s3cret-key")).toBe(200);
  await app.close();
});
