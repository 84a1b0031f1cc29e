import Router from "@koa/router";
import { cloudTaskMiddleware } from "cloudtask/koa";
import type Koa from "koa";
import type { Middleware } from "koa";
import type { CloudTaskClient, Worker, WorkerOptions } from "../../src/index.ts";
import { listen } from "../support/adapter-listen.ts";
import { adapterSuite, type Mounted, type Traits } from "../support/adapter-suite.ts";
import { bodyParser } from "../support/koa-body-parser.ts";
import { KOA_VERSIONS } from "../support/koa-versions.ts";

type MountTarget = (target: CloudTaskClient | Worker, options?: WorkerOptions) => Promise<Mounted>;

/** An app with the worker mounted at a path, after some middleware. */
function used(Make: typeof Koa, ...before: readonly Middleware[]): MountTarget {
  return (target, options) => {
    const app = new Make();
    for (const each of before) app.use(each);
    return listen(app.use(cloudTaskMiddleware(target, { ...options, path: "/tasks/run" })).callback());
  };
}

/** An app with the worker in a route. */
function routed(Make: typeof Koa, ...before: readonly Middleware[]): MountTarget {
  return (target, options) => {
    const app = new Make();
    for (const each of before) app.use(each);
    const router = new Router();
    router.post("/tasks/run", cloudTaskMiddleware(target, options));
    return listen(app.use(router.routes()).callback());
  };
}

/** Keeps the bytes of the body. */
const keepBytes: Middleware = async (context, next) => {
  Object.assign(context.request, { rawBody: Buffer.concat(await context.req.toArray()) });
  await next();
};

/** Keeps only the parsed body. */
const parse: Middleware = async (context, next) => {
  const text = Buffer.concat(await context.req.toArray()).toString();
  try {
    Object.assign(context.request, { body: text === "" ? {} : JSON.parse(text) });
  } catch {
    context.throw(400, "not JSON");
  }
  await next();
};

/** By default it rejects bodies that it cannot parse, such as a payload with `__proto__`. With `onError` it leaves them to the route. */
const parser = bodyParser({
  jsonLimit: "2mb",
  onError: (error, context) => Object.assign(context.request, { rawBody: Reflect.get(error, "body") }),
});

for (const [name, make] of KOA_VERSIONS) {
  const suite = (title: string, mount: MountTarget, traits: Partial<Traits> = {}): void =>
    adapterSuite(`${name}${title}`, mount, { ...traits, mountWorker: mount });
  suite("", used(make));
  suite(" after @koa/bodyparser", used(make, parser), { body: "text" });
  suite(" after a parser that keeps nothing else", used(make, parse), { body: "parsed" });
  suite(" after what keeps the bytes", used(make, keepBytes), { body: "raw" });
  suite(" behind @koa/router", routed(make), { ownMethods: false });
  suite(" behind @koa/router and @koa/bodyparser", routed(make, parser), { body: "text", ownMethods: false });
}
