import { once } from "node:events";
import express, { type Express, type RequestHandler } from "express";
// @ts-expect-error Express 4 is installed beside 5 under another name, without types of its own.
import express4 from "express4";
import { expect, onTestFinished, test } from "vitest";
import { cloudTaskRouter, expressRequest } from "../../src/adapters/express.ts";
import { CloudTaskClient, createWorker, depends } from "../../src/index.ts";
import { gate } from "../support/adapter-gate.ts";
import { listen } from "../support/adapter-listen.ts";
import { Wire } from "../support/adapter-wire.ts";

const versions = [
  ["Express 4", express4 as typeof express],
  ["Express 5", express],
] as const;

const OPEN = { allowUnauthenticated: true };

function newClient(): CloudTaskClient {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
  client.task("where", (_payload: undefined, { delivery }) => new URL(delivery.request.url).pathname);
  client.task("length", (payload: string) => payload.length);
  return client;
}

/** Starts an app for one test. */
async function started(app: Express): Promise<string> {
  const { origin, close } = await listen(app);
  onTestFinished(close);
  return origin;
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

test.each(versions)("%s: paths below the mount, and other routes of the app, are passed on", async (_, make) => {
  const client = newClient();
  const app = make();
  app.use("/tasks/run", cloudTaskRouter(client, OPEN));
  app.post("/routed", cloudTaskRouter(createWorker(client, OPEN)));
  app.use((request, response) => void response.status(299).send(request.path));
  const origin = await started(app);
  const paths = ["/tasks/run", "/tasks/run/", "/tasks/run?x=1", "/routed", "/tasks/run/below", "/other"];
  const answers = paths.map((path) => post(origin + path, { task: "where" }).then(({ status }) => status));
  expect(await Promise.all(answers)).toEqual([200, 200, 200, 200, 299, 299]);
});

test.each(versions)("%s: an earlier route for all paths is not mistaken for the worker's own", async (_, make) => {
  const guard: RequestHandler = (_request, _response, next) => next();
  const app = make().all(/.*/, guard).use("/tasks/run", cloudTaskRouter(newClient(), OPEN));
  app.post("/routed", guard, cloudTaskRouter(newClient(), OPEN));
  app.get("/tasks/run/health", (_request, response) => void response.send("healthy"));
  const origin = await started(app);
  expect(await (await fetch(`${origin}/tasks/run/health`)).text()).toBe("healthy");
  const served = ["/tasks/run", "/routed"].map((path) => post(origin + path, { task: "where" }));
  expect((await Promise.all(served)).map(({ status }) => status)).toEqual([200, 200]);
});

test.each(versions)("%s: in nested routers, the delivery has the whole path", async (_, make) => {
  const inner = make.Router().use("/run", cloudTaskRouter(newClient(), OPEN));
  const origin = await started(make().use("/api", make.Router().use("/tasks", inner)));
  const response = await post(`${origin}/api/tasks/run`, { task: "where" });
  expect(await response.json()).toEqual({ status: "success", result: "/api/tasks/run" });
});

test.each(versions)("%s: express.json() rejects 100 kB before it calls a worker behind it", async (_, make) => {
  const behind = await started(make().use(make.json()).use("/tasks/run", cloudTaskRouter(newClient(), OPEN)));
  const before = await started(make().use("/tasks/run", cloudTaskRouter(newClient(), OPEN)).use(make.json()));
  const raised = make.json({ limit: "1mb" });
  const behindMore = await started(make().use(raised).use("/tasks/run", cloudTaskRouter(newClient(), OPEN)));
  const large = { task: "length", payload: "x".repeat(102_400) };
  const small = { task: "length", payload: "x".repeat(102_000) };
  expect((await post(`${behind}/tasks/run`, small)).status).toBe(200);
  const refused = await post(`${behind}/tasks/run`, large);
  expect([refused.status, await refused.text()]).toEqual([413, expect.stringContaining("request entity too large")]);
  expect(await (await post(`${before}/tasks/run`, large)).json()).toEqual({ status: "success", result: 102_400 });
  expect(await (await post(`${behindMore}/tasks/run`, large)).json()).toEqual({ status: "success", result: 102_400 });
});

test("a body that was read and dropped is rejected, not mistaken for an empty one", async () => {
  const swallow: RequestHandler = (request, _, next) => {
    request.resume().on("end", next);
  };
  const origin = await started(express().use(swallow).use("/tasks/run", cloudTaskRouter(newClient(), OPEN)));
  const response = await post(`${origin}/tasks/run`, { task: "where" });
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("mount the worker before")]);
});

test("a response that other code has begun is not touched", async () => {
  const hasty: RequestHandler = (_, response, next) => {
    response.writeHead(418).end();
    next();
  };
  const origin = await started(express().use(hasty).use("/tasks/run", cloudTaskRouter(newClient(), OPEN)));
  expect((await fetch(`${origin}/tasks/run`, { method: "POST" })).status).toBe(418);
});

test("headers that middleware has set are sent with the worker's answer", async () => {
  const helpful: RequestHandler = (_, response, next) => {
    response.setHeader("X-Frame-Options", "DENY");
    next();
  };
  const origin = await started(express().use(helpful).use("/tasks/run", cloudTaskRouter(newClient(), OPEN)));
  const { headers } = await post(`${origin}/tasks/run`, { task: "where" });
  expect([headers.get("X-Frame-Options"), headers.get("Content-Type")]).toEqual(["DENY", "application/json"]);
});

test("if the caller disconnects while middleware delays the delivery, nothing runs", async () => {
  const ran: string[] = [];
  const client = newClient();
  client.task("mark", () => ran.push("ran"));
  const answered = gate();
  const reached = gate();
  const slow: RequestHandler = (_request, response, next) => {
    reached.open();
    once(response, "close").then(() => next(), next);
  };
  const worker = createWorker(client, OPEN);
  const watched = { ...worker, fetch: (request: Request) => worker.fetch(request).finally(answered.open) };
  const origin = await started(express().use(slow).use("/tasks/run", cloudTaskRouter(watched)));
  const wire = await Wire.open(origin);
  const body = '{"task":"mark"}';
  const head = `POST /tasks/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
  await wire.send(`${head}\r\n\r\n${body}`);
  await reached.opened;
  wire.hangUp();
  await answered.opened;
  expect(ran).toEqual([]);
});

test.each(versions)(
  "%s: properties that middleware added to the request reach the handler, through one shared dependency",
  async (_, make) => {
    const client = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
    const getUser = depends({ request: expressRequest }, ({ request }) => ({
      name: request.header("X-User"),
      request,
    }));
    client.task("who", {
      deps: { user: getUser, request: expressRequest },
      run: async (_payload: undefined, { user, request, delivery }) => ({
        name: user.name,
        put: Reflect.get(request, "put"),
        shared: user.request === request && (await delivery.use(expressRequest)) === request,
      }),
    });
    const puts: RequestHandler = (request, _, next) => {
      Object.assign(request, { put: `for ${request.header("X-User")}` });
      next();
    };
    const origin = await started(make().use(puts, make.json()).use("/tasks/run", cloudTaskRouter(client, OPEN)));
    const told = async (user: string): Promise<unknown> => {
      const headers = { "Content-Type": "application/json", "X-User": user };
      return (await fetch(`${origin}/tasks/run`, { method: "POST", headers, body: '{"task":"who"}' })).json();
    };
    const [ann, bob] = await Promise.all([told("ann"), told("bob")]);
    expect(ann).toEqual({ status: "success", result: { name: "ann", put: "for ann", shared: true } });
    expect(bob).toEqual({ status: "success", result: { name: "bob", put: "for bob", shared: true } });
  },
);

test("without a request of Express, expressRequest throws, and it can be overridden", async () => {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
  const who = client.task("who", {
    deps: { request: expressRequest },
    run: (_: undefined, { request }) => request.header("X-User"),
  });
  await expect(who().execute()).rejects.toThrow(
    /"expressRequest" has no value in this delivery, because none was attached to its request/,
  );
  const undo = client.override(expressRequest, { header: () => "ann" } as never);
  expect(await who().execute()).toBe("ann");
  undo();
  await expect(who().execute()).rejects.toThrow(TypeError);
});

test("the adapter accepts a worker, without further options", () => {
  const worker = createWorker(newClient(), OPEN);
  expect(cloudTaskRouter(worker)).toBeInstanceOf(Function);
  expect(() => cloudTaskRouter(worker, { maxConcurrency: 1 })).toThrow(/pass worker options to createWorker\(\)/);
});
