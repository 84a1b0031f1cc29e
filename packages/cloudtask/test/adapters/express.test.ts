import express, { type Express, type RequestHandler } from "express";
// @ts-expect-error Express 4 is installed beside 5 under another name, without types of its own.
import express4 from "express4";
import { cloudTaskRouter } from "../../src/adapters/express.ts";
import type { CloudTaskClient, Worker, WorkerOptions } from "../../src/index.ts";
import { listen } from "../support/adapter-listen.ts";
import { adapterSuite, type Mounted, type Traits } from "../support/adapter-suite.ts";

type MountTarget = (target: CloudTaskClient | Worker, options?: WorkerOptions) => Promise<Mounted>;

const versions = [
  ["Express 4", express4 as typeof express],
  ["Express 5", express],
] as const;

/** An app with the worker mounted, after some middleware. */
function used(make: () => Express, ...before: readonly RequestHandler[]): MountTarget {
  return (target, options) => {
    const app = make();
    for (const handler of before) app.use(handler);
    return listen(app.use("/tasks/run", cloudTaskRouter(target, options)));
  };
}

/** An app with the worker as the handler of a route. */
function posted(make: () => Express, ...before: readonly RequestHandler[]): MountTarget {
  return (target, options) => listen(make().post("/tasks/run", ...before, cloudTaskRouter(target, options)));
}

/** An app with the worker before the body parsers of other routes. */
function first(make: typeof express): MountTarget {
  return (target, options) =>
    listen(make().use("/tasks/run", cloudTaskRouter(target, options)).use(make.json(), make.urlencoded()));
}

function suite(name: string, mount: MountTarget, traits: Partial<Traits> = {}): void {
  adapterSuite(name, mount, { ...traits, mountWorker: mount });
}

const limit = "2mb";
const anyType = { type: () => true, limit };

/** Keeps the bytes beside the parsed body, as is common to verify signatures. */
function keepRaw(request: object, _: unknown, bytes: Buffer): void {
  Object.assign(request, { rawBody: bytes });
}

for (const [name, make] of versions) {
  suite(name, used(make));
  suite(`${name}, as a route`, posted(make), { ownMethods: false });
  suite(`${name} before express.json()`, first(make));
  suite(`${name} after express.json()`, used(make, make.json({ limit })), { body: "parsed" });
  suite(`${name} after express.json() of the default limit`, used(make, make.json()), {
    body: "parsed",
    largestBody: 102_400,
  });
  suite(`${name} after express.json() in a route`, posted(make, make.json({ limit })), {
    body: "parsed",
    ownMethods: false,
  });
  suite(`${name} after express.json({ verify })`, used(make, make.json({ limit, verify: keepRaw })), { body: "kept" });
  suite(`${name} after express.raw()`, used(make, make.raw(anyType)), { body: "raw" });
  suite(`${name} after express.text()`, used(make, make.text(anyType)), { body: "text" });
}
