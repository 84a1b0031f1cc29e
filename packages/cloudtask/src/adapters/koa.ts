import type { Context, Middleware } from "koa";
import { fromRequest, type RequestDependency } from "../dependencies/from-request.ts";
import type { TaskClient } from "../execution/registry.ts";
import { type Worker, workerFor } from "../worker/worker.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { answerTo, type KeptBody } from "./_node-bridge.ts";

/**
 * The Koa context of the request that carries a delivery, as a dependency.
 *
 * @example
 * ```ts
 * const getUser = depends({ context: koaContext }, ({ context }) => context.state.user);
 * ```
 */
export const koaContext: RequestDependency<Context> = fromRequest("koaContext");

/**
 * Mounts a worker in Koa 2 or 3. It stands before or after a body parser.
 *
 * @param client - a CloudTaskClient, or a worker made of one
 * @param options - for the worker; and `path`, the one it answers at: without it, it answers whatever reaches it, as behind a
 * router
 * @returns a Koa middleware
 * @throws TypeError as `createWorker()`
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
  { path, ...options }: WorkerOptions & { readonly path?: string } = {},
): Middleware {
  const worker = workerFor(client, Object.keys(options).length === 0 ? undefined : options);
  return async (context, next) => {
    if (path !== undefined && context.path !== path) return next();
    const { status, headers, body } = await answerTo(worker, {
      incoming: context.req,
      outgoing: context.res,
      kept: context.request as KeptBody,
      attach: (request) => koaContext.attach(request, context),
    });
    context.status = status;
    context.set(headers);
    context.body = body;
  };
}
