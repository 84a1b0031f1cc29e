import { node } from "@elysiajs/node";
import { type AnyElysia, Elysia } from "elysia";
import { H3, serve } from "h3";
import { createApp, createRouter, eventHandler, fromNodeMiddleware, toNodeListener, toWebRequest } from "h3v1";
import { cloudTaskListener } from "../../src/adapters/node.ts";
import { type CloudTaskClient, createWorker, type Worker, type WorkerOptions } from "../../src/index.ts";
import { workerFor } from "../../src/worker/worker.ts";
import { listen } from "../support/adapter-listen.ts";
import { adapterSuite, type Mounted } from "../support/adapter-suite.ts";
import { suiteExcept } from "../support/suite-except.ts";

async function h3(app: H3): Promise<Mounted> {
  const server = serve(app, { port: 0, hostname: "127.0.0.1", silent: true });
  await server.ready();
  return { origin: String(server.url).replace(/\/$/, ""), close: () => server.close(true) };
}

/** The server of Elysia's adapter for Node: that of srvx, under `raw`. */
interface ElysiaServer {
  readonly raw: { ready(): Promise<unknown>; readonly url: string; close(all: boolean): Promise<void> };
}

async function elysia(app: AnyElysia): Promise<Mounted> {
  const { raw } = await new Promise<ElysiaServer>((resolve) => {
    app.listen({ port: 0, hostname: "127.0.0.1" }, (server: unknown) => resolve(server as ElysiaServer));
  });
  await raw.ready();
  return { origin: raw.url.replace(/\/$/, ""), close: () => raw.close(true) };
}

function inH3(client: CloudTaskClient | Worker, options?: WorkerOptions): Promise<Mounted> {
  const worker = workerFor(client, options);
  return h3(new H3().all("/tasks/run", ({ req }) => worker.fetch(req)));
}

function inH3v1(client: CloudTaskClient | Worker, options?: WorkerOptions): Promise<Mounted> {
  const listener = fromNodeMiddleware(cloudTaskListener(client, options));
  return listen(toNodeListener(createApp().use(createRouter().use("/tasks/run", listener))));
}

function inElysia(client: CloudTaskClient | Worker, options?: WorkerOptions): Promise<Mounted> {
  const worker = workerFor(client, options);
  const app = new Elysia({ adapter: node() });
  return elysia(app.all("/tasks/run", ({ request }) => worker.fetch(request), { parse: "none" }));
}

adapterSuite("h3", inH3, { mountWorker: inH3 });
adapterSuite("h3 1", inH3v1, { mountWorker: inH3v1 });
adapterSuite(
  "h3 1, by its web request",
  (client, options) => {
    const worker = createWorker(client, options);
    const handler = eventHandler((event) => worker.fetch(toWebRequest(event)));
    return listen(toNodeListener(createApp().use(createRouter().use("/tasks/run", handler))));
  },
  // Its web request has no signal.
  { seesDisconnect: false },
);
suiteExcept(
  "Elysia",
  inElysia,
  {
    "a caller that offers to upgrade the connection is answered without an upgrade":
      "its WebSockets take the connection",
  },
  { mountWorker: inElysia },
);
