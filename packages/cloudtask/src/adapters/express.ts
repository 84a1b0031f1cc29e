import type { Request as ExpressRequest, RequestHandler } from "express";
import { fromRequest, type RequestDependency } from "../dependencies/from-request.ts";
import type { TaskClient } from "../execution/registry.ts";
import { type Worker, workerFor } from "../worker/worker.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { isInRoute } from "./_express-route.ts";
import { serveNode } from "./_node-bridge.ts";

/**
 * The Express request of a delivery, as a dependency. Use it for properties that earlier middleware added.
 * Unlike `delivery.request`, it has all headers, including `Authorization` and the secret: don't log them.
 *
 * @example
 * ```ts
 * const getLog = depends({ request: expressRequest }, ({ request }) => request.log);
 * ```
 */
export const expressRequest: RequestDependency<ExpressRequest> = fromRequest("expressRequest");

/**
 * Creates an Express 4 or 5 handler that serves a worker, for `app.use(path, …)` or a route. It answers its own path and calls
 * `next()` for paths below it. Mount it before `express.json()` if you can: that parser rejects bodies over 100 kB by default,
 * and answers invalid JSON itself.
 *
 * @param client - a client, or a worker created from one
 * @param options - the options of the worker
 * @throws TypeError if an option is unknown or invalid
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
