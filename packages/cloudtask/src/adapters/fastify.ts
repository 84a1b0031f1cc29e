import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { LONGEST_TIMER_MS } from "../core/longest-timer.ts";
import { fromRequest, type RequestDependency } from "../dependencies/from-request.ts";
import type { TaskClient } from "../execution/registry.ts";
import type { Worker } from "../worker/worker.ts";
import { workerFor } from "../worker/worker-for.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { leaveBodies } from "./_fastify-body.ts";
import { workerOptions } from "./_fastify-options.ts";
import { answerTo } from "./_node-bridge.ts";

/**
 * The Fastify request that carries a delivery, as a dependency: for its `log`, and for what plugins put on it.
 * It has all headers, `Authorization` and the secret among them, which `delivery.request` has not: do not log them.
 *
 * @example
 * ```ts
 * const getLog = depends({ request: fastifyRequest }, ({ request }) => request.log);
 * ```
 */
export const fastifyRequest: RequestDependency<FastifyRequest> = fromRequest("fastifyRequest");

/** What `cloudTaskPlugin` takes: `client`, the worker's options, and Fastify's own `prefix`, the path that it is mounted at. */
export interface CloudTaskPluginOptions extends WorkerOptions {
  /** A CloudTaskClient; or a worker made of one, which is its owner's to close. */
  readonly client: TaskClient | Worker;
}

/**
 * Mounts a worker in Fastify 4 or 5. The app's hooks run; its parsers, its `bodyLimit` and its `handlerTimeout` are for other
 * routes. `app.close()` closes the worker that is made here, as `worker.close()` does, and so lets running deliveries finish.
 *
 * @throws TypeError as `createWorker()`
 *
 * @example
 * ```ts
 * import { cloudTaskPlugin } from "cloudtask/fastify";
 *
 * await app.register(cloudTaskPlugin, { client, prefix: "/tasks/run" });
 * ```
 */
export const cloudTaskPlugin: FastifyPluginAsync<CloudTaskPluginOptions> = async (app, given) => {
  const worker = workerFor(given.client, workerOptions(given));
  let closing = false;
  app.addHook("preClose", async () => {
    closing = true;
    if (worker !== given.client) await worker.close();
  });
  leaveBodies(app);
  // A delivery has its own deadline. If Fastify answered first, the handler would keep running beside its retry.
  app.all("/", { handlerTimeout: LONGEST_TIMER_MS }, async (request, reply) => {
    const attach = (carrier: Request): Request => fastifyRequest.attach(carrier, request);
    const exchange = { incoming: request.raw, outgoing: reply.raw, kept: request, attach };
    const { status, headers, body } = await answerTo(worker, exchange);
    // A connection that a caller keeps open would keep the app from closing.
    if (closing && request.raw.httpVersionMajor === 1) headers.connection = "close";
    return reply.code(status).headers(headers).send(body);
  });
};
