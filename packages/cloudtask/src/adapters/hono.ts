import type { Context, Handler } from "hono";
import { carryAttached, fromRequest, type RequestDependency } from "../dependencies/from-request.ts";
import type { TaskClient } from "../execution/registry.ts";
import type { Worker } from "../worker/worker.ts";
import { workerFor } from "../worker/worker-for.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";

/**
 * The Hono context of the request that carries a delivery, as a dependency: for its variables and, on edge runtimes, its
 * bindings. What they are is the app's to say, as below.
 * Its request has all headers, `Authorization` and the secret among them, which `delivery.request` has not: do not log them.
 *
 * @example
 * ```ts
 * type AppContext = Context<{ Bindings: { DB: D1Database }; Variables: { log: Logger } }>;
 *
 * const getDb = depends({ context: honoContext }, ({ context }: { context: AppContext }) => drizzle(context.env.DB));
 * ```
 */
export const honoContext: RequestDependency<Context> = fromRequest("honoContext");

/**
 * Mounts a worker in Hono, on any runtime. It may stand after middleware that reads the body, such as a validator or
 * `bodyLimit()`.
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
    const request = context.req.raw.bodyUsed ? await readAgain(context) : context.req.raw;
    return worker.fetch(honoContext.attach(request, context));
  };
}

/** Where a middleware read the body before, Hono kept it, and the request itself is spent. */
async function readAgain({ req }: Context): Promise<Request> {
  const { method, headers, signal } = req.raw;
  try {
    const again = new Request(req.raw.url, { method, headers, signal, body: await req.arrayBuffer() });
    return carryAttached(req.raw, again);
  } catch {
    // It was read past Hono: the worker says so.
    return req.raw;
  }
}
