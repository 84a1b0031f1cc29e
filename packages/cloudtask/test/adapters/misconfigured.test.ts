import type { RequestListener } from "node:http";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { cloudTaskRouter } from "../../src/adapters/express.ts";
import { cloudTaskPlugin } from "../../src/adapters/fastify.ts";
import { cloudTaskFunction } from "../../src/adapters/functions.ts";
import { cloudTaskHandler } from "../../src/adapters/hono.ts";
import { cloudTaskMiddleware } from "../../src/adapters/koa.ts";
import { cloudTaskRoute } from "../../src/adapters/next.ts";
import { cloudTaskApiRoute } from "../../src/adapters/next-pages.ts";
import { cloudTaskListener } from "../../src/adapters/node.ts";
import { CloudTaskClient, type Logger, type WorkerOptions } from "../../src/index.ts";
import { listen } from "../support/adapter-listen.ts";

const URL_OF_WORKER = "http://worker.test/tasks/run";

type Deliver = () => Promise<Response>;

/** Mounts a worker as a module does while it loads, and returns a function that delivers a task. */
type MountAtLoad = (client: CloudTaskClient, options?: WorkerOptions) => Deliver;

function onNode(listener: RequestListener): Deliver {
  return async () => {
    const { origin, close } = await listen(listener);
    onTestFinished(close);
    return post(`${origin}/tasks/run`);
  };
}

function post(url: string): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"task":"run"}' });
}

const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"task":"run"}' };

const adapters: readonly (readonly [name: string, mount: MountAtLoad])[] = [
  ["cloudTaskRouter", (client, options) => onNode(express().use("/tasks/run", cloudTaskRouter(client, options)))],
  ["cloudTaskListener", (client, options) => onNode(cloudTaskListener(client, options))],
  ["cloudTaskApiRoute", (client, options) => onNode(cloudTaskApiRoute(client, options))],
  ["cloudTaskMiddleware", (client, options) => onNode(new Koa().use(cloudTaskMiddleware(client, options)).callback())],
  ["cloudTaskFunction", (client, options) => onNode(express().use(cloudTaskFunction(client, options) as never))],
  [
    "cloudTaskHandler",
    (client, options) => {
      const app = new Hono().post("/tasks/run", cloudTaskHandler(client, options));
      return async () => app.request("/tasks/run", init);
    },
  ],
  [
    "cloudTaskRoute",
    (client, options) => {
      const { POST } = cloudTaskRoute(client, options);
      return () => POST(new Request(URL_OF_WORKER, init));
    },
  ],
  [
    "cloudTaskPlugin",
    (client, options) => {
      const app = fastify();
      void app.register(cloudTaskPlugin, { client, prefix: "/tasks/run", ...options });
      onTestFinished(() => app.close());
      return async () => post(`${await app.listen({ port: 0, host: "127.0.0.1" })}/tasks/run`);
    },
  ],
];

/** Without a service account and a secret, its worker must not run anything. */
function clientWithoutLock(ran: string[], logger?: Logger): CloudTaskClient {
  const client = new CloudTaskClient({ url: URL_OF_WORKER, ...(logger && { logger }) });
  client.task("run", () => ran.push("ran"));
  return client;
}

const MISCONFIGURED = { status: "misconfigured", message: "the worker is misconfigured; its log has the error" };
const REASON = expect.objectContaining({ message: expect.stringMatching(/`serviceAccount` or `secret`/) });

afterEach(() => vi.restoreAllMocks());

test.each(adapters)(
  "%s: without a service account and a secret, mounting succeeds, and deliveries are answered 500 and run nothing",
  async (_, mount) => {
    const ran: string[] = [];
    const logger = { warn: vi.fn(), error: vi.fn() };
    const response = await mount(clientWithoutLock(ran, logger))();
    expect([response.status, await response.json()]).toEqual([500, MISCONFIGURED]);
    expect(logger.error.mock.calls).toEqual([[expect.stringContaining("the worker could not be created"), REASON]]);
    expect(ran).toEqual([]);
  },
);

test("without a logger the error goes to the console", async () => {
  const error = vi.spyOn(console, "error").mockReturnValue(undefined);
  const { POST } = cloudTaskRoute(clientWithoutLock([]));
  expect((await POST(new Request(URL_OF_WORKER, init))).status).toBe(500);
  expect(error.mock.calls).toEqual([[expect.stringContaining("the worker could not be created"), REASON]]);
});

test.each(adapters.filter(([name]) => name !== "cloudTaskPlugin"))(
  "%s: a wrong option is rejected at once",
  (_, mount) => {
    const wrong = { limit: 1 } as WorkerOptions;
    expect(() => mount(clientWithoutLock([]), wrong)).toThrow(/createWorker\(\): unknown option "limit"/);
    expect(() => mount({} as CloudTaskClient)).toThrow(/expected a CloudTaskClient/);
  },
);
