import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { validator } from "hono/validator";
import { expect, onTestFinished, test } from "vitest";
import { cloudTaskHandler, honoContext } from "../../src/adapters/hono.ts";
import {
  CloudTaskClient,
  createWorker,
  depends,
  fromRequest,
  type Worker,
  type WorkerOptions,
} from "../../src/index.ts";
import { listen } from "../support/adapter-listen.ts";
import { adapterSuite, type Mounted } from "../support/adapter-suite.ts";

function listening({ fetch }: { readonly fetch: Hono["fetch"] }): Promise<Mounted> {
  return listen(createAdaptorServer({ fetch }) as Server);
}

/** The worker behind middleware. */
function after(...before: readonly MiddlewareHandler[]) {
  return (client: CloudTaskClient | Worker, options?: WorkerOptions): Promise<Mounted> => {
    const app = new Hono();
    for (const each of before) app.use(each);
    return listening(app.all("/tasks/run", cloudTaskHandler(client, options)));
  };
}

/** A middleware that reads the body, and continues if that fails. */
function reading(read: (context: Context) => Promise<unknown>): MiddlewareHandler {
  return async (context, next) => {
    await read(context).catch(() => undefined);
    await next();
  };
}

const json = reading(({ req }) => req.json());
const arrayBuffer = reading(({ req }) => req.arrayBuffer());
const limited = bodyLimit({ maxSize: 2 ** 23 });

adapterSuite("Hono", after(), { mountWorker: after() });
adapterSuite("Hono after json()", after(json), { body: "text", mountWorker: after(json) });
adapterSuite("Hono after arrayBuffer()", after(arrayBuffer), { body: "raw" });
adapterSuite("Hono after bodyLimit()", after(limited));

const SECRET = { "X-CloudTask-Secret": "s3cret-key" };
const HEADERS = { "Content-Type": "application/json", ...SECRET };

/** A client whose task `echo` returns its payload and its path. */
function echoClient(): CloudTaskClient {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret-key" });
  client.task("echo", (payload: unknown, { delivery }) => ({ payload, path: new URL(delivery.request.url).pathname }));
  return client;
}

async function deliver(mounted: Promise<Mounted>, path = "/tasks/run", body = '{"task":"echo","payload":7}') {
  const { origin, close } = await mounted;
  onTestFinished(close);
  const response = await fetch(`${origin}${path}`, { method: "POST", headers: HEADERS, body });
  return [response.status, await response.text()];
}

test.each([
  ["text()", [reading(({ req }) => req.text())]],
  ["blob()", [reading(({ req }) => req.blob())]],
  ["parseBody()", [reading(({ req }) => req.parseBody())]],
  ["json() that nobody waits for", [reading(async ({ req }) => void req.json())]],
  ["a validator", [validator("json", (value) => value)]],
  ["raw.clone()", [reading(({ req }) => req.raw.clone().text())]],
  ["bodyLimit() and text()", [limited, reading(({ req }) => req.text())]],
  ["json() twice, and arrayBuffer()", [json, json, arrayBuffer]],
] as const)("a body that a middleware read by %s is still there", async (_, before) => {
  const [status, text] = await deliver(after(...before)(echoClient()));
  expect([status, text]).toEqual([200, '{"status":"success","result":{"payload":7,"path":"/tasks/run"}}']);
});

test("a body without a length passes bodyLimit(), which reads it and replaces the request", async () => {
  const { origin, close } = await after(limited)(echoClient());
  onTestFinished(close);
  const body = new Blob(['{"task":"echo","payload":7}']).stream();
  const init: RequestInit & { readonly duplex: "half" } = { method: "POST", headers: HEADERS, body, duplex: "half" };
  const response = await fetch(`${origin}/tasks/run`, init);
  expect(await response.json()).toMatchObject({ status: "success", result: { payload: 7 } });
});

test.each([
  ["malformed JSON that a middleware failed on", [json], "{", 400, "not JSON"],
  ["a body that was read past Hono", [reading(({ req }) => req.raw.text())], "{}", 400, "mount the worker before"],
  ["a body that is formally none", [reading(({ req }) => req.formData())], "{}", 400, "mount the worker before"],
] as const)("%s is refused", async (_, before, body, status, text) => {
  expect(await deliver(after(...before)(echoClient()), "/tasks/run", body)).toEqual([
    status,
    expect.stringContaining(text),
  ]);
});

test.each([
  ["post()", (worker: Hono) => worker, "/tasks/run", "/tasks/run"],
  ["route()", (worker: Hono) => new Hono().route("/api", worker), "/api/tasks/run", "/api/tasks/run"],
  ["basePath()", (worker: Hono) => new Hono().basePath("/v1").route("/", worker), "/v1/tasks/run", "/v1/tasks/run"],
  ["mount()", (worker: Hono) => new Hono().mount("/api", worker.fetch), "/api/tasks/run", "/tasks/run"],
] as const)("mounted by %s it answers there, and below it nothing", async (_, mountedIn, path, seen) => {
  const app = mountedIn(new Hono().post("/tasks/run", cloudTaskHandler(echoClient())));
  const mounted = listening(app);
  expect(await deliver(mounted, path)).toEqual([200, expect.stringContaining(`"path":"${seen}"`)]);
  expect(await deliver(mounted, `${path}/more`)).toEqual([404, "404 Not Found"]);
});

test("a worker's fetch answers in mount()", async () => {
  const app = new Hono().mount("/tasks/run", createWorker(echoClient()).fetch);
  expect(await deliver(listening(app))).toEqual([200, expect.stringContaining('"payload":7')]);
});

test("values attached to the request reach the handler, even if middleware read the body", async () => {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret-key" });
  const getTenant = fromRequest<string>("tenant");
  client.task("who", { deps: { tenant: getTenant }, run: (_: undefined, { tenant }) => tenant });
  const app = new Hono().use(json, async ({ req }, next) => {
    getTenant.attach(req.raw, "ada");
    await next();
  });
  app.post("/tasks/run", cloudTaskHandler(client));
  const answered = await deliver(listening(app), "/tasks/run", '{"task":"who"}');
  expect(answered).toEqual([200, '{"status":"success","result":"ada"}']);
});

interface AppEnv {
  readonly Bindings: { readonly REGION: string };
  readonly Variables: { user: string };
}

test.each([
  ["as it came", []],
  ["read before", [json]],
] as const)("the context comes with the delivery, with variables and bindings, its body %s", async (_, before) => {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret-key" });
  const getUser = depends(
    { context: honoContext },
    ({ context }: { context: Context<AppEnv> }) => `${context.get("user")} in ${context.env.REGION}`,
  );
  client.task("who", { deps: { user: getUser }, run: (_: undefined, { user }) => user });
  const app = new Hono<AppEnv>();
  for (const each of before) app.use(each);
  app.use((context, next) => {
    context.set("user", "ada");
    return next();
  });
  app.post("/tasks/run", cloudTaskHandler(client));
  const mounted = listening({ fetch: (request: Request) => app.fetch(request, { REGION: "europe-west1" }) });
  const answered = await deliver(mounted, "/tasks/run", '{"task":"who"}');
  expect(answered).toEqual([200, '{"status":"success","result":"ada in europe-west1"}']);
});
