import type { Context, Handler } from "hono";
import { fromRequest, type RequestDependency } from "../dependencies/from-request.ts";
import type { TaskClient } from "../execution/registry.ts";
import { type Worker, workerFor } from "../worker/worker.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";

/**
 * The Hono context of the request that carries a delivery, as a dependency: for its variables and, on edge runtimes, its
 * bindings.
 *
 * @example
 * ```ts
 * const getDb = depends({ context: honoContext }, ({ context }) => drizzle(context.env.DB));
 * ```
 */
export const honoContext: RequestDependency<Context> = fromRequest("honoContext");

/**
 * Mounts a worker in Hono, on any runtime.
 *
 * @param client - a CloudTaskClient, or a worker made of one
 * @param options - for the worker
 * @returns a Hono handler
 * @throws TypeError as `createWorker()`
 *
 * @example
 * ```ts
 * import { cloudTaskHandler } from "cloudtask/hono";
 *
 * app.post("/tasks/run", cloudTaskHandler(client));
 * ```
 */
export function cloudTaskHandler(client: TaskClient | Worker, options?: WorkerOptions): Handler {
  const worker = workerFor(client, options);
  return async (context) => {
    const { raw } = context.req;
    // Where a middleware read the body before, Hono kept it, and the request itself is spent.
    const request = raw.bodyUsed ? new Request(raw.url, { ...init(raw), body: await context.req.arrayBuffer() }) : raw;
    return worker.fetch(honoContext.attach(request, context));
  };
}

function init({ method, headers, signal }: Request): RequestInit {
  return { method, headers, signal };
}
