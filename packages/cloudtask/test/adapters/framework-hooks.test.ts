import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import express from "express";
import { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { cloudTaskRouter } from "../../src/adapters/express.ts";
import { cloudTaskPlugin } from "../../src/adapters/fastify.ts";
import { cloudTaskHandler } from "../../src/adapters/hono.ts";
import { cloudTaskMiddleware } from "../../src/adapters/koa.ts";
import { type CloseOnSignalOptions, closeOnSignal, cloudTaskListener } from "../../src/adapters/node.ts";
import { CloudTaskClient, createWorker, depends, type Worker } from "../../src/index.ts";
import { FASTIFY_VERSIONS, listenOn } from "../support/fastify-versions.ts";
import { KOA_VERSIONS } from "../support/koa-versions.ts";
import { startServing } from "../support/serving-process.ts";

const ELYSIA = fileURLToPath(new URL("../support/elysia-until-signal.ts", import.meta.url));

/** A client with a slow task that uses a pool, and the events in the order in which they happened. */
function scene() {
  const events: string[] = [];
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
  const getPool = depends(
    async function* () {
      yield "pool";
      events.push("pool closed");
    },
    { scope: "app" },
  );
  let start: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    start = resolve;
  });
  client.task("slow", {
    deps: { pool: getPool },
    run: async () => {
      start();
      await new Promise((resolve) => setTimeout(resolve, 100));
      events.push("delivery ended");
    },
  });
  const worker = createWorker(client, { allowUnauthenticated: true });
  return { events, client, worker, started };
}

/** Delivers the slow task, and sends the signal while it runs. Resolves when everything is closed. */
async function stopDuring(
  { worker, started }: { readonly worker: Worker; readonly started: Promise<void> },
  origin: string,
  options: CloseOnSignalOptions,
): Promise<void> {
  const closed = new Promise<unknown>((resolve) => {
    const stop = closeOnSignal(worker, { ...options, signals: ["SIGUSR2"], onClosed: ({ error }) => resolve(error) });
    onTestFinished(stop);
  });
  const headers = { "Content-Type": "application/json" };
  const answer = fetch(`${origin}/tasks/run`, { method: "POST", headers, body: '{"task":"slow"}' });
  await started;
  process.emit("SIGUSR2");
  expect((await answer).status).toBe(200);
  expect(await closed).toBeUndefined();
}

test.each(FASTIFY_VERSIONS)("%s: closeOnSignal() with the app runs its hooks after the deliveries", async (_, make) => {
  const open = scene();
  const { client, worker, events } = open;
  const app = make();
  await app.register(cloudTaskPlugin, { client: worker, prefix: "/tasks/run" });
  app.addHook("onClose", async () => void events.push("onClose"));
  await stopDuring(open, await listenOn(app), { client: [app, client] });
  expect(events).toEqual(["delivery ended", "onClose", "pool closed"]);
  expect(app.server.listening).toBe(false);
});

const SERVERS: readonly (readonly [name: string, listen: (worker: Worker) => Server])[] = [
  ["Express", (worker) => express().use("/tasks/run", cloudTaskRouter(worker)).listen(0, "127.0.0.1")],
  ...KOA_VERSIONS.map(([name, Koa]): readonly [string, (worker: Worker) => Server] => [
    name,
    (worker) => new Koa().use(cloudTaskMiddleware(worker, { path: "/tasks/run" })).listen(0, "127.0.0.1"),
  ]),
  [
    "Hono",
    (worker) => {
      const app = new Hono().post("/tasks/run", cloudTaskHandler(worker));
      return serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
    },
  ],
  ["node:http", (worker) => createServer(cloudTaskListener(worker)).listen(0, "127.0.0.1")],
];

test.each(SERVERS)("%s: closeOnSignal() with the server closes it after the deliveries", async (_, listen) => {
  const open = scene();
  const { client, worker, events } = open;
  const server = listen(worker);
  if (!server.listening) await once(server, "listening");
  server.on("close", () => events.push("server closed"));
  const { port } = server.address() as AddressInfo;
  await stopDuring(open, `http://127.0.0.1:${port}`, { server, client });
  expect(events).toEqual(["delivery ended", "server closed", "pool closed"]);
});

test("Elysia on Node: closeOnSignal() with the app runs its onStop hooks after the deliveries, once", async () => {
  const elysia = await startServing({}, ELYSIA);
  const answer = elysia.deliver("slow");
  await elysia.printed("delivery started");
  elysia.signal("SIGTERM");
  expect(await answer).toBe(200);
  expect(await elysia.ended).toEqual({ code: 0, signal: null });
  expect(elysia.lines.slice(2)).toEqual(["delivery ended", "onStop", "pool closed"]);
  expect(elysia.errors()).toBe("");
}, 60_000);
