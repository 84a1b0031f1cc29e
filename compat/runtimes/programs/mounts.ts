import { type CloudTaskClient, createWorker, type Worker, type WorkerOptions } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
import { listen } from "../../../packages/cloudtask/test/support/adapter-listen.ts";
import type { Mount, Mounted } from "../../../packages/cloudtask/test/support/adapter-traits.ts";
import { type Fetch, serveBun, serveDeno } from "./servers.ts";

function mountedFetch(client: CloudTaskClient, options: WorkerOptions | undefined): Fetch {
  return fetchOf(createWorker(client, options));
}

function fetchOf(worker: Worker): Fetch {
  return async (request) =>
    new URL(request.url).pathname === "/tasks/run" ? worker.fetch(request) : new Response(null, { status: 404 });
}

/** Mounts of a client's worker, by the names that the tests use. */
export const MOUNTS: Readonly<Record<string, Mount>> = {
  "node:http": (client, options) => listen(cloudTaskListener(client, options)),
  async Express(client, options) {
    const { default: express } = await import("express");
    const { cloudTaskRouter } = await import("cloudtask/express");
    return listen(express().use("/tasks/run", cloudTaskRouter(client, options)));
  },
  "Bun.serve": async (client, options) => serveBun(mountedFetch(client, options), 0),
  "Deno.serve": async (client, options) => serveDeno(mountedFetch(client, options), 0),
};

/** Mounts of an existing worker, by the same names. */
export const WORKER_MOUNTS: Readonly<Record<string, (worker: Worker) => Promise<Mounted>>> = {
  "node:http": (worker) => listen(cloudTaskListener(worker)),
  "Bun.serve": async (worker) => serveBun(fetchOf(worker), 0),
  "Deno.serve": async (worker) => serveDeno(fetchOf(worker), 0),
};
