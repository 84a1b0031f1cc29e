import type { Request as ExpressRequest, RequestHandler } from "express";
import { fromRequest, type RequestDependency } from "../dependencies/from-request.ts";
import type { TaskClient } from "../execution/registry.ts";
import type { Worker } from "../worker/worker.ts";
import { workerFor } from "../worker/worker-for.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { isInRoute } from "./_express-route.ts";
import { serveNode } from "./_node-bridge.ts";

/**
 * The Express request that carries a delivery, as a dependency: for what middleware before the worker put on it.
 * It has all headers, `Authorization` and the secret among them, which `delivery.request` has not: do not log them.
 *
 * @example
 * ```ts
 * const getLog = depends({ request: expressRequest }, ({ request }) => request.log);
 * ```
 */
export const expressRequest: RequestDependency<ExpressRequest> = fromRequest("expressRequest");

/**
 * Mounts a worker in Express 4 or 5. It answers the path that it is mounted at, or the route that it stands in itself, and
 * passes on what lies below. It may stand after `express.json()`, but does better before it: that one refuses bodies over
 * 100 kB unless it is told otherwise, and answers what is not JSON itself.
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
    if (request.path !== "/" && !isInRoute(request, next)) return next();
    const attach = (carrier: Request): Request => expressRequest.attach(carrier, request);
    serveNode(worker, { incoming: request, outgoing: response, attach }).catch(next);
  };
}
