import type { IncomingMessage, ServerResponse } from "node:http";
import express from "express";
import Koa from "koa";
import { expect, onTestFinished, test, vi } from "vitest";
import { cloudTaskRouter } from "../../src/adapters/express.ts";
import { cloudTaskMiddleware } from "../../src/adapters/koa.ts";
import { cloudTaskApiRoute } from "../../src/adapters/next-pages.ts";
import { CloudTaskClient } from "../../src/index.ts";
import { listen } from "../support/adapter-listen.ts";

type Reviver = (key: string, value: unknown) => unknown;

/** Each mounts the worker of a client after a body parser with a reviver. */
const mounts = [
  [
    "Express",
    (client: CloudTaskClient, reviver: Reviver) =>
      express().use(express.json({ reviver }), cloudTaskRouter(client, { allowUnauthenticated: true })),
  ],
  [
    "Koa",
    (client: CloudTaskClient, reviver: Reviver) => {
      const parse: Koa.Middleware = async (context, next) => {
        Object.assign(context.request, { body: JSON.parse(await textOf(context.req), reviver) });
        await next();
      };
      return new Koa()
        .use(parse)
        .use(cloudTaskMiddleware(client, { allowUnauthenticated: true }))
        .callback();
    },
  ],
  [
    "the Pages Router of Next.js",
    (client: CloudTaskClient, reviver: Reviver) => {
      const route = cloudTaskApiRoute(client, { allowUnauthenticated: true });
      return async (incoming: IncomingMessage, outgoing: ServerResponse) =>
        route(Object.assign(incoming, { body: JSON.parse(await textOf(incoming), reviver) }), outgoing);
    },
  ],
] as const;

async function textOf(incoming: IncomingMessage): Promise<string> {
  return Buffer.concat(await incoming.toArray()).toString();
}

const BODY = '{"task":"t","payload":{"ids":[5]}}';
const revive =
  (create: (value: number) => unknown): Reviver =>
  (_, value) =>
    typeof value === "number" ? create(value) : value;

const lossy = [
  ["a BigInt", BigInt],
  ["a Map", () => new Map()],
  ["NaN", () => Number.NaN],
] as const;

test.each(mounts.flatMap(([name, mount]) => lossy.map(([kind, create]) => [name, kind, mount, create] as const)))(
  "%s: a body parser that creates %s is answered 400 with the place and a remedy, and logged",
  async (_, __, mount, create) => {
    const warn = vi.fn();
    const client = new CloudTaskClient({ url: "http://worker.test/", logger: { warn, error: vi.fn() } });
    client.task("t", () => expect.unreachable());
    const { origin, close } = await listen(mount(client, revive(create)));
    onTestFinished(close);
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(origin, { method: "POST", headers, body: BODY });
    const message =
      "a body parser returned a value that JSON cannot represent: body.payload.ids[0]; mount the worker before body parsers";
    expect([response.status, await response.json()]).toEqual([400, { status: "malformed", message }]);
    expect(warn.mock.calls).toEqual([[`cloudtask: rejected a delivery (malformed): ${message}`]]);
  },
);

test.each(mounts)("%s: a body parser that creates a Date delivers its JSON", async (_, mount) => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  client.task("t", (payload: unknown) => payload);
  const { origin, close } = await listen(
    mount(
      client,
      revive((value) => new Date(value)),
    ),
  );
  onTestFinished(close);
  const response = await fetch(origin, { method: "POST", headers: { "Content-Type": "application/json" }, body: BODY });
  expect(await response.json()).toEqual({ status: "success", result: { ids: ["1970-01-01T00:00:00.005Z"] } });
});
