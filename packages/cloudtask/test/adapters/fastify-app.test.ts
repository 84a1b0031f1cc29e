import { Readable } from "node:stream";
import { cloudTaskPlugin } from "cloudtask/fastify";
import fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import { expect, test } from "vitest";
import { CloudTaskClient } from "../../src/index.ts";
import { FASTIFY_VERSIONS, injected, listenOn } from "../support/fastify-versions.ts";

const OPEN = { allowUnauthenticated: true, prefix: "/tasks/run" };

function makeClient(): CloudTaskClient {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
  client.task("echo", (payload: unknown) => payload);
  return client;
}

type Make = (typeof FASTIFY_VERSIONS)[number][1];

/** An app with `before` applied, and the worker of `client` mounted. */
async function appOf(
  make: Make,
  {
    client = makeClient(),
    before,
    ...options
  }: FastifyServerOptions & {
    client?: CloudTaskClient;
    before?: (app: FastifyInstance) => unknown;
  } = {},
): Promise<FastifyInstance> {
  const app = make(options);
  before?.(app);
  await app.register(cloudTaskPlugin, { client, ...OPEN });
  return app;
}

async function kept(payload: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of payload) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Apps and plugins that handle every body before a route does. */
const HANDLINGS: readonly (readonly [string, (app: FastifyInstance) => unknown])[] = [
  ["the default parsers", () => undefined],
  [
    "a JSON parser that gets the buffer",
    (app) => app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_, body, done) => done(null, body)),
  ],
  [
    "a JSON parser that keeps the raw body",
    (app) =>
      app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
        Object.assign(request, { rawBody: body });
        done(null, JSON.parse(String(body)));
      }),
  ],
  ["no parser at all", (app) => app.removeAllContentTypeParsers()],
  [
    "a hook that puts another stream in its place",
    (app) => app.addHook("preParsing", async (_, __, payload) => Readable.from([await kept(payload)])),
  ],
  [
    "a hook that reads along",
    (app) =>
      app.addHook("preParsing", (request, _, payload, done) => {
        const chunks: Buffer[] = [];
        payload.on("data", (chunk: Buffer) => chunks.push(chunk));
        payload.on("end", () => Object.assign(request, { rawBody: Buffer.concat(chunks) }));
        done(null, payload);
      }),
  ],
  [
    "a hook that reads it all, and keeps it",
    (app) =>
      app.addHook("preParsing", async (request, _, payload) => {
        Object.assign(request, { rawBody: await kept(payload) });
        return payload;
      }),
  ],
];
const CASES = FASTIFY_VERSIONS.flatMap(([version, make]) =>
  HANDLINGS.map(([handling, before]) => ({ version, make, handling, before })),
);

test.each(CASES)(
  "$version: with $handling, a body arrives whole, over HTTP and with inject()",
  async ({ make, before }) => {
    const slow = (app: FastifyInstance): void => {
      before(app);
      app.addHook("preValidation", () => new Promise((resolve) => setImmediate(resolve)));
      app.addHook("preHandler", () => new Promise((resolve) => setImmediate(resolve)));
    };
    const app = await appOf(make, { before: slow });
    const payload = { text: "grüße 👋", long: "x".repeat(300_000) };
    const delivery = injected("echo", payload);
    const answer = await app.inject(delivery);
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: "success", result: payload }]);
    const { method, headers, payload: body } = delivery;
    const response = await fetch(`${await listenOn(app)}/tasks/run`, { method, headers, body });
    expect([response.status, await response.json()]).toEqual([200, { status: "success", result: payload }]);
    await app.close();
  },
);

test.each(CASES)("$version: with $handling, a body over the worker's limit is rejected", async ({ make, before }) => {
  const app = make();
  before(app);
  await app.register(cloudTaskPlugin, { client: makeClient(), maxBodyBytes: 1_000, ...OPEN });
  const answer = await app.inject(injected("echo", "x".repeat(200_000)));
  expect([answer.statusCode, answer.body]).toEqual([413, expect.stringContaining("larger than 1000 bytes")]);
});

test.each(FASTIFY_VERSIONS)("%s: the app's bodyLimit does not apply", async (_, make) => {
  const app = await appOf(make, { bodyLimit: 10 });
  app.post("/other", async () => "never");
  const delivery = injected("echo", "x".repeat(1_000));
  expect((await app.inject(delivery)).statusCode).toBe(200);
  expect((await app.inject({ ...delivery, url: "/other" })).statusCode).toBe(413);
});

test("the app's handlerTimeout does not apply: a delivery has its own deadline", async () => {
  const client = makeClient();
  let finish: (result: string) => void = () => undefined;
  const finished = new Promise<string>((resolve) => {
    finish = resolve;
  });
  client.task("wait", () => finished);
  const app = await appOf(fastify, { client, handlerTimeout: 10 });
  app.post("/other", () => new Promise(() => undefined));
  const delivered = app.inject(injected("wait"));
  expect((await app.inject({ ...injected("wait"), url: "/other" })).statusCode).toBe(503);
  finish("done");
  expect((await delivered).json()).toEqual({ status: "success", result: "done" });
});
