import type { Context, Handler } from "hono";
import { copyAttached, fromRequest, type RequestDependency } from "../dependencies/from-request.ts";
import type { TaskClient } from "../execution/registry.ts";
import { type Serve, serveOf, type Worker, workerFor } from "../worker/worker.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { unreadNodeRequest } from "./_hono-node.ts";

/**
 * The Hono context of a delivery, as a dependency. Use it for variables and, on edge runtimes, bindings; annotate their types as below.
 * Unlike `delivery.request`, its request has all headers, including `Authorization` and the secret: don't log them.
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
 * Creates a Hono handler that serves a worker, on any runtime. Middleware before it may read the body, as validators and `bodyLimit()`
 * do.
 *
 * @param client - a client, or a worker created from one
 * @param options - the options of the worker
 * @throws TypeError if an option is unknown or invalid
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
  const serve = serveOf(worker);
  return async (context) => {
    const { raw } = context.req;
    const unread = serve && unreadNodeRequest(context);
    if (unread !== undefined) {
      honoContext.attach(copyAttached(raw, unread as Request), context);
      const { text, ...init } = await (serve as Serve)(unread);
      return new Response(text, init);
    }
    const request = raw.bodyUsed ? await rebuildRequest(context) : raw;
    return worker.fetch(honoContext.attach(request, context));
  };
}

/** If middleware read the body, Hono has cached it and the request itself is consumed. */
async function rebuildRequest({ req }: Context): Promise<Request> {
  const { method, headers, signal } = req.raw;
  try {
    const rebuilt = new Request(req.raw.url, { method, headers, signal, body: await req.arrayBuffer() });
    return copyAttached(req.raw, rebuilt);
  } catch {
    // The body was read without Hono's knowledge: the worker reports that.
    return req.raw;
  }
}
