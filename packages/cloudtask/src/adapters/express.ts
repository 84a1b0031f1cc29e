import type { RequestHandler } from "express";
import type { TaskClient } from "../execution/registry.ts";
import { type Worker, workerFor } from "../worker/worker.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { serveNode } from "./_node-bridge.ts";

/**
 * Mounts a worker in Express 4 or 5. It answers the path it is mounted at and passes on what lies below. It may stand after
 * `express.json()`, but does better before it: that one refuses bodies over 100 kB unless it is told otherwise, and rounds
 * integers beyond 2^53.
 *
 * @param client - a CloudTaskClient, or a worker made of one
 * @param options - for the worker
 * @returns an Express handler
 * @throws TypeError as `createWorker()`
 *
 * @example
 * ```ts
 * import { cloudTaskRouter } from "cloudtask/express";
 *
 * app.use("/tasks/run", cloudTaskRouter(client));
 * ```
 */
export function cloudTaskRouter(client: TaskClient | Worker, options?: WorkerOptions): RequestHandler {
  const worker = workerFor(client, options);
  return (request, response, next) => {
    if (request.path !== "/" && request.route === undefined) return next();
    serveNode(worker, request, response).catch(next);
  };
}
