import type { RequestHandler } from "express";
import type { TaskClient } from "../execution/registry.ts";
import { type Worker, workerFor } from "../worker/worker.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { serveNode } from "./_node-bridge.ts";

/**
 * Mounts a worker in Express 4 or 5. It answers the path it is mounted at and passes on what lies below; it may stand
 * before or after `express.json()`.
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
