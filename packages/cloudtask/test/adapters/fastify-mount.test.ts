import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { cloudTaskPlugin, fastifyRequest } from "cloudtask/fastify";
import fastify from "fastify";
import { expect, test } from "vitest";
import { CloudTaskClient, createWorker, depends } from "../../src/index.ts";
import { FASTIFY_VERSIONS, injected, listenOn } from "../support/fastify-versions.ts";

const OPEN = { allowUnauthenticated: true, prefix: "/tasks/run" };

function makeClient(name = "worker"): CloudTaskClient {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
  client.task("where", (_: undefined, { delivery }) => `${name}: ${new URL(delivery.request.url).pathname}`);
  return client;
}

test.each(FASTIFY_VERSIONS)(
  "%s: it answers its path with and without a trailing slash, and nothing below",
  async (_, make) => {
    const app = make();
    await app.register(cloudTaskPlugin, { client: makeClient(), ...OPEN });
    const paths = ["/tasks/run", "/tasks/run/", "/tasks/run?x=1", "/tasks/run/below", "/"];
    const answers = paths.map(async (url) => (await app.inject({ ...injected("where"), url })).statusCode);
    expect(await Promise.all(answers)).toEqual([200, 200, 200, 404, 404]);
  },
);

test.each(FASTIFY_VERSIONS)("%s: hooks of the app run for a delivery, in order", async (_, make) => {
  const app = make();
  const seen: string[] = [];
  for (const hook of ["onRequest", "preParsing", "preValidation", "preHandler", "onSend", "onResponse"] as const) {
    // The overloads of addHook() require a literal name.
    app.addHook(hook as "onRequest", async () => void seen.push(hook));
  }
  const client = makeClient();
  client.task("log", () => void seen.push("the handler"));
  await app.register(cloudTaskPlugin, { client, ...OPEN });
  await app.inject(injected("log"));
  const before = ["onRequest", "preParsing", "preValidation", "preHandler"];
  expect(seen).toEqual([...before, "the handler", "onSend", "onResponse"]);
});

test.each(FASTIFY_VERSIONS)("%s: if a hook answers, the delivery does not reach the worker", async (_, make) => {
  const app = make();
  app.addHook("onRequest", async (_request, reply) => reply.code(503).send({ status: "maintenance" }));
  const client = makeClient();
  await app.register(cloudTaskPlugin, { client, ...OPEN });
  const answer = await app.inject(injected("where"));
  expect([answer.statusCode, answer.json()]).toEqual([503, { status: "maintenance" }]);
});

test.each(FASTIFY_VERSIONS)("%s: other routes keep their parsers", async (_, make) => {
  const app = make();
  await app.register(cloudTaskPlugin, { client: makeClient(), ...OPEN });
  app.post("/other", async ({ body }) => ({ body }));
  const answer = await app.inject({ ...injected("where"), url: "/other" });
  expect(answer.json()).toEqual({ body: { task: "where" } });
});

test.each(FASTIFY_VERSIONS)("%s: two clients can be mounted in one app", async (_, make) => {
  const app = make();
  await app.register(cloudTaskPlugin, { client: makeClient("one"), ...OPEN, prefix: "/one" });
  await app.register(cloudTaskPlugin, { client: makeClient("two"), ...OPEN, prefix: "/two" });
  const answers = ["/one", "/two"].map(async (url) => (await app.inject({ ...injected("where"), url })).json().result);
  expect(await Promise.all(answers)).toEqual(["one: /one", "two: /two"]);
});

test.each(FASTIFY_VERSIONS)("%s: the request is a dependency, with properties that the app added", async (_, make) => {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const app = make({ logger: { level: "info", stream } });
  app.decorateRequest("tenant", "");
  app.addHook("onRequest", async (request) => void Object.assign(request, { tenant: request.headers["x-tenant"] }));
  const client = makeClient();
  const getTenant = depends({ request: fastifyRequest }, ({ request }) => Reflect.get(request, "tenant"));
  client.task("who", {
    deps: { tenant: getTenant, request: fastifyRequest },
    run: (_payload: undefined, { tenant, request }) => {
      request.log.info("from the handler");
      return [tenant, request.routeOptions.url];
    },
  });
  await app.register(cloudTaskPlugin, { client, ...OPEN });
  const { headers, ...delivery } = injected("who");
  const answer = await app.inject({ ...delivery, headers: { ...headers, "x-tenant": "ada" } });
  expect(answer.json()).toMatchObject({ result: ["ada", "/tasks/run"] });
  const logged = lines.map((line) => JSON.parse(line) as { readonly msg: string; readonly reqId?: string });
  expect(logged.map(({ msg }) => msg)).toEqual(["incoming request", "from the handler", "request completed"]);
  expect(new Set(logged.map(({ reqId }) => reqId)).size).toBe(1);
});

const options = { client: makeClient(), ...OPEN };

test.each(
  FASTIFY_VERSIONS.flatMap(([version, make]) =>
    [
      {
        given: { ...options, maxConcurency: 1 },
        message: /createWorker\(\): unknown option "maxConcurency"; did you mean/,
      },
      {
        given: { ...options, client: createWorker(makeClient(), { allowUnauthenticated: true }) },
        message: /pass worker options to createWorker/,
      },
    ].map((each) => ({ version, make, ...each })),
  ),
)("$version: wrong options are rejected when the plugin is registered: $message", async ({ make, given, message }) => {
  const register = async (): Promise<unknown> => make().register(cloudTaskPlugin, given as typeof options);
  await expect(register()).rejects.toThrow(TypeError);
  await expect(register()).rejects.toThrow(message);
});

test("it serves HTTP/2, with the request as a dependency", async () => {
  const app = fastify({ http2: true });
  const client = makeClient();
  client.task("version", {
    deps: { request: fastifyRequest },
    run: (payload: string, { request }) => [payload.length, request.raw.httpVersion],
  });
  await app.register(cloudTaskPlugin, { client, ...OPEN });
  const session = connectHttp2(await app.listen({ port: 0, host: "127.0.0.1" }));
  const stream = session.request({ ":method": "POST", ":path": "/tasks/run", "content-type": "application/json" });
  stream.end(JSON.stringify({ task: "version", payload: "x".repeat(200_000) }));
  const [headers] = await once(stream, "response");
  expect(headers).toMatchObject({ ":status": 200, "content-type": "application/json" });
  expect(JSON.parse((await stream.setEncoding("utf8").toArray()).join(""))).toMatchObject({ result: [200_000, "2.0"] });
  session.close();
  await app.close();
});

test.each(FASTIFY_VERSIONS)(
  "%s: a caller that disconnects aborts the delivery, and the app stays up",
  async (_, make) => {
    const app = make({ forceCloseConnections: true });
    const client = makeClient();
    const caller = new AbortController();
    const aborted = new Promise((resolve) => {
      client.task("wait", async (_payload: undefined, { delivery }) => {
        caller.abort();
        await once(delivery.signal, "abort");
        resolve(delivery.signal.reason);
      });
    });
    await app.register(cloudTaskPlugin, { client, ...OPEN });
    const origin = await listenOn(app);
    const { method, headers, payload: body } = injected("wait");
    await expect(fetch(`${origin}/tasks/run`, { method, headers, body, signal: caller.signal })).rejects.toThrow();
    expect(await aborted).toEqual(new Error("the caller closed the connection"));
    expect((await app.inject(injected("where"))).statusCode).toBe(200);
    await app.close();
  },
);
