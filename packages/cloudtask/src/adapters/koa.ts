import type { Context, Middleware } from "koa";
import { fromRequest, type RequestDependency } from "../dependencies/from-request.ts";
import type { TaskClient } from "../execution/registry.ts";
import { type Worker, workerFor } from "../worker/worker.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { answerTo, type KeptBody } from "./_node-bridge.ts";
import { pathTest } from "./_path-test.ts";

/**
 * The Koa context of a delivery, as a dependency. Use it for properties that earlier middleware added.
 * Unlike `delivery.request`, it has all headers, including `Authorization` and the secret: don't log them.
 *
 * @example
 * ```ts
 * const getUser = depends({ context: koaContext }, ({ context }) => context.state.user);
 * ```
 */
export const koaContext: RequestDependency<Context> = fromRequest("koaContext");

/**
 * Options of `cloudTaskMiddleware()`: the worker's options, and its path.
 *
 * @example
 * ```ts
 * app.use(cloudTaskMiddleware(client, { path: "/tasks/run", maxConcurrency: 20 }));
 * ```
 */
export interface CloudTaskMiddlewareOptions extends WorkerOptions {
  /** The path of the worker, such as `/tasks/run`. Default: it answers every request that reaches it, for use behind a router. */
  readonly path?: string;
}

/**
 * Creates a Koa 2 or 3 middleware that serves a worker, before or after a body parser. It calls `next()` for other paths.
 *
 * @param client - a client, or a worker created from one
 * @param options - the options of the worker, and `path`
 * @throws TypeError if an option is unknown or invalid, or if `path` does not start with a slash
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
    const { status, headers, text } = await answerTo(worker, {
      incoming: Object.assign(context.req, { originalUrl: context.originalUrl }),
      outgoing: context.res,
      kept: context.request as KeptBody,
      attach: (request) => koaContext.attach(request, context),
    });
    context.status = status;
    context.set(headers);
    context.body = text;
  };
}
