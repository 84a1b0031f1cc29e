import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { LONGEST_TIMER_MS } from "../core/longest-timer.ts";
import { fromRequest, type RequestDependency } from "../dependencies/from-request.ts";
import type { TaskClient } from "../execution/registry.ts";
import { type Worker, workerFor } from "../worker/worker.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { leaveBodies } from "./_fastify-body.ts";
import { workerOptions } from "./_fastify-options.ts";
import { answerTo } from "./_node-bridge.ts";

/**
 * The Fastify request of a delivery, as a dependency. Use it for its `log`, and for properties that plugins added.
 * Unlike `delivery.request`, it has all headers, including `Authorization` and the secret: don't log them.
 *
 * @example
 * ```ts
 * const getLog = depends({ request: fastifyRequest }, ({ request }) => request.log);
 * ```
 */
export const fastifyRequest: RequestDependency<FastifyRequest> = fromRequest("fastifyRequest");

/**
 * Options of `cloudTaskPlugin`, besides Fastify's own `prefix`, which is the path of the worker.
 *
 * @example
 * ```ts
 * await app.register(cloudTaskPlugin, { client, prefix: "/tasks/run", maxConcurrency: 20 });
 * ```
 */
export interface CloudTaskPluginOptions extends WorkerOptions {
  /** A client, or a worker created from one, which you close yourself. */
  readonly client: TaskClient | Worker;
}

/**
 * A plugin that serves a worker in Fastify 4 or 5. The app's hooks run, but its body parsers, `bodyLimit` and `handlerTimeout`
 * don't apply. `app.close()` closes the client's worker as `worker.close()` does, so running deliveries finish.
 *
 * @throws TypeError if an option is unknown or invalid
 *
 * @example
 * ```ts
 * import { cloudTaskPlugin } from "cloudtask/fastify";
 *
 * await app.register(cloudTaskPlugin, { client, prefix: "/tasks/run" });
 * ```
 */
export const cloudTaskPlugin: FastifyPluginAsync<CloudTaskPluginOptions> = async (app, options) => {
  const worker = workerFor(options.client, workerOptions(options));
  let isClosing = false;
  app.addHook("preClose", async () => {
    isClosing = true;
    if (worker !== options.client) await worker.close();
  });
  leaveBodies(app);
  // A delivery has its own deadline. If Fastify answered first, the handler would still run when Cloud Tasks retries. Without a timeout
  // of the app, a timeout of the route would only create a timer and an `AbortController` for each request.
  const { handlerTimeout } = app.initialConfig as { readonly handlerTimeout?: number };
  const timeout = handlerTimeout === 0 ? {} : { handlerTimeout: LONGEST_TIMER_MS };
  app.all("/", timeout, async (request, reply) => {
    const attach = (carrier: Request): Request => fastifyRequest.attach(carrier, request);
    const exchange = { incoming: request.raw, outgoing: reply.raw, kept: request, attach };
    const { status, headers, text } = await answerTo(worker, exchange);
    // An open connection would keep the app from closing.
    if (isClosing && request.raw.httpVersionMajor === 1) headers.connection = "close";
    return reply.code(status).headers(headers).send(Buffer.from(text));
  });
};
