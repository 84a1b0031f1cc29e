import type { Context, Middleware } from "koa";
import { fromRequest, type RequestDependency } from "../dependencies/from-request.ts";
import type { TaskClient } from "../execution/registry.ts";
import type { Worker } from "../worker/worker.ts";
import { workerFor } from "../worker/worker-for.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { answerTo, type KeptBody } from "./_node-bridge.ts";
import { pathTest } from "./_path-test.ts";

/**
 * The Koa context of the request that carries a delivery, as a dependency: for what middleware before the worker put on it.
 * It has all headers, `Authorization` and the secret among them, which `delivery.request` has not: do not log them.
 *
 * @example
 * ```ts
 * const getUser = depends({ context: koaContext }, ({ context }) => context.state.user);
 * ```
 */
export const koaContext: RequestDependency<Context> = fromRequest("koaContext");

/** How a worker is mounted in Koa: its options, and where. */
export interface CloudTaskMiddlewareOptions extends WorkerOptions {
  /** The path it answers at, such as `/tasks/run`. Without it, it answers whatever reaches it, as behind a router. */
  readonly path?: string;
}

/**
 * Mounts a worker in Koa 2 or 3. It stands before or after a body parser. What lies elsewhere is passed on.
 *
 * @param client - a CloudTaskClient, or a worker made of one
 * @param options - for the worker, and `path`
 * @returns a Koa middleware
 * @throws TypeError as `createWorker()`, and for a `path` that no request has
 *
 * @example
 * ```ts
 * import { cloudTaskMiddleware } from "cloudtask/koa";
 *
 * app.use(cloudTaskMiddleware(client, { path: "/tasks/run" }));
 * ```
 */
export function cloudTaskMiddleware(
  client: TaskClient | Worker,
  { path, ...options }: CloudTaskMiddlewareOptions = {},
): Middleware {
  const worker = workerFor(client, options);
  const isHere = pathTest(path);
  return async (context, next) => {
    if (!isHere(context.path)) return next();
    const { status, headers, body } = await answerTo(worker, {
      incoming: Object.assign(context.req, { originalUrl: context.originalUrl }),
      outgoing: context.res,
      kept: context.request as KeptBody,
      attach: (request) => koaContext.attach(request, context),
    });
    context.status = status;
    context.set(headers);
    context.body = body;
  };
}
