import Router from "@koa/router";
import { cloudTaskMiddleware, koaContext } from "cloudtask/koa";
import type { Middleware } from "koa";
import { expect, test } from "vitest";
import { CloudTaskClient, createWorker, depends } from "../../src/index.ts";
import { listen } from "../support/adapter-listen.ts";
import { bodyParser } from "../support/koa-body-parser.ts";
import { KOA_VERSIONS } from "../support/koa-versions.ts";

const OPEN = { allowUnauthenticated: true };

function makeClient(): CloudTaskClient {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
  client.task("where", (_: undefined, { delivery }) => new URL(delivery.request.url).pathname);
  client.task("fail", () => Promise.reject(new Error("nothing to see")));
  return client;
}

function post(url: string, task: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const init = { method: "POST", headers: { "Content-Type": "application/json", ...headers } };
  return fetch(url, { ...init, body: JSON.stringify({ task }) });
}

test.each(KOA_VERSIONS)("%s: it answers its path and passes on other requests", async (_, Koa) => {
  const app = new Koa();
  app.use(cloudTaskMiddleware(makeClient(), { ...OPEN, path: "/tasks/run" }));
  app.use((context) => {
    context.status = 299;
    context.body = { ...context.state };
  });
  const { origin, close } = await listen(app.callback());
  const paths = ["/tasks/run", "/tasks/run/", "/tasks/run?x=1", "/tasks/run/below", "/tasks", "/"];
  const answers = paths.map(async (path) => (await post(origin + path, "where")).status);
  expect(await Promise.all(answers)).toEqual([200, 200, 200, 299, 299, 299]);
  await close();
});

test.each(KOA_VERSIONS)(
  "%s: for a delivery, middleware before it runs and middleware after it does not",
  async (_, Koa) => {
    const app = new Koa();
    const seen: string[] = [];
    app.use(async (context, next) => {
      await next();
      seen.push(`${context.status} ${context.path}`);
      context.set("X-Before", "yes");
    });
    app.use(cloudTaskMiddleware(makeClient(), { ...OPEN, path: "/tasks/run" }));
    app.use(() => void seen.push("behind"));
    const { origin, close } = await listen(app.callback());
    const answer = await post(`${origin}/tasks/run`, "where");
    expect([answer.headers.get("X-Before"), answer.headers.get("Content-Type")]).toEqual(["yes", "application/json"]);
    expect(seen).toEqual(["200 /tasks/run"]);
    await close();
  },
);

test.each(KOA_VERSIONS)(
  "%s: a failed task is no error of the app, and errors of the app are answered by the app",
  async (_, Koa) => {
    const app = new Koa();
    const errors: unknown[] = [];
    app.on("error", (error) => errors.push(error));
    app.use(async (context, next) => {
      if (context.get("X-Tenant") === "") context.throw(418, "no tenant");
      await next();
    });
    app.use(cloudTaskMiddleware(makeClient(), { ...OPEN, path: "/tasks/run" }));
    const { origin, close } = await listen(app.callback());
    const failed = await post(`${origin}/tasks/run`, "fail", { "X-Tenant": "ada" });
    const refused = await post(`${origin}/tasks/run`, "where");
    expect([failed.status, (await failed.json()).status]).toEqual([500, "error"]);
    expect([refused.status, await refused.text()]).toEqual([418, "no tenant"]);
    expect(errors).toMatchObject([{ status: 418 }]);
    await close();
  },
);

test.each(KOA_VERSIONS)(
  "%s: the context is a dependency, with properties that earlier middleware added",
  async (_, Koa) => {
    const client = makeClient();
    const getTenant = depends({ context: koaContext }, ({ context }) => String(context.state.tenant));
    client.task("who", {
      deps: { tenant: getTenant, context: koaContext },
      run: (_payload: undefined, { tenant, context }) => [tenant, context.path],
    });
    const app = new Koa();
    app.use(async (context, next) => {
      context.state.tenant = context.get("X-Tenant");
      await next();
    });
    const router = new Router({ prefix: "/tasks" });
    router.post("/:action", cloudTaskMiddleware(client, OPEN));
    app.use(bodyParser()).use(router.routes());
    const { origin, close } = await listen(app.callback());
    const tenants = Array.from({ length: 20 }, (_each, index) => `tenant ${index}`);
    const answers = tenants.map(async (tenant) => {
      const answer = await post(`${origin}/tasks/run`, "who", { "X-Tenant": tenant });
      return ((await answer.json()) as { result: unknown }).result;
    });
    expect(await Promise.all(answers)).toEqual(tenants.map((tenant) => [tenant, "/tasks/run"]));
    await close();
  },
);

test.each(KOA_VERSIONS)("%s: behind a mount that removed its path, the delivery has the whole path", async (_, Koa) => {
  const app = new Koa();
  const mounted: Middleware = async (context, next) => {
    context.path = context.path.replace(/^\/tasks/, "");
    await next();
  };
  app.use(mounted).use(cloudTaskMiddleware(makeClient(), { ...OPEN, path: "/run" }));
  const { origin, close } = await listen(app.callback());
  expect(await (await post(`${origin}/tasks/run`, "where")).json()).toMatchObject({ result: "/tasks/run" });
  await close();
});

test.each([
  [
    "an option that does not exist",
    { ...OPEN, maxConcurency: 1 },
    /createWorker\(\): unknown option "maxConcurency"; did you/,
  ],
  [
    "a path without its slash",
    { ...OPEN, path: "tasks/run" },
    /path must be a string that starts with "\/", received "tasks\/run"/,
  ],
  ["a path that is no text", { ...OPEN, path: /tasks/ as never }, /path must be a string/],
])("%s is rejected when the middleware is created", (_, options, message) => {
  expect(() => cloudTaskMiddleware(makeClient(), options)).toThrow(TypeError);
  expect(() => cloudTaskMiddleware(makeClient(), options)).toThrow(message);
});

test("a worker is accepted, with a path and without further options", () => {
  const worker = createWorker(makeClient(), OPEN);
  expect(cloudTaskMiddleware(worker, { path: "/tasks/run" })).toBeInstanceOf(Function);
  expect(() => cloudTaskMiddleware(worker, { maxConcurrency: 1 })).toThrow(/pass worker options to createWorker/);
});
