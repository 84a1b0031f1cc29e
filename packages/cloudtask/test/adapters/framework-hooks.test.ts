import express from "express";
import { expect, onTestFinished, test } from "vitest";
import { cloudTaskRouter } from "../../src/adapters/express.ts";
import { cloudTaskPlugin } from "../../src/adapters/fastify.ts";
import { type CloseOnSignalOptions, closeOnSignal } from "../../src/adapters/node.ts";
import { CloudTaskClient, createWorker, depends, type Worker } from "../../src/index.ts";
import { FASTIFY_VERSIONS, listenOn } from "../support/fastify-versions.ts";

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

test("Express: closeOnSignal() with the server closes it after the deliveries", async () => {
  const open = scene();
  const { client, worker, events } = open;
  const server = express().use("/tasks/run", cloudTaskRouter(worker)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  server.on("close", () => events.push("server closed"));
  const { port } = server.address() as { readonly port: number };
  await stopDuring(open, `http://127.0.0.1:${port}`, { server, client });
  expect(events).toEqual(["delivery ended", "server closed", "pool closed"]);
});
