import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { fromRequest, type RequestDependency } from "../dependencies/from-request.ts";
import type { TaskClient } from "../execution/registry.ts";
import { type Worker, workerFor } from "../worker/worker.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { answerTo } from "./_node-bridge.ts";

/**
 * The Fastify request that carries a delivery, as a dependency: for what plugins put on it, such as the `diScope` of
 * @fastify/awilix.
 *
 * @example
 * ```ts
 * const getOrders = depends({ request: fastifyRequest }, ({ request }) => request.diScope.resolve("orders"));
 * ```
 */
export const fastifyRequest: RequestDependency<FastifyRequest> = fromRequest("fastifyRequest");

/** What `cloudTaskPlugin` takes: `client`, the worker's options, and Fastify's own `prefix`, the path that it is mounted at. */
export interface CloudTaskPluginOptions extends WorkerOptions {
  /** A CloudTaskClient, or a worker made of one. */
  readonly client: TaskClient | Worker;
}

/**
 * Mounts a worker in Fastify 4 or 5. It reads bodies itself, whatever parsers and limits the app has; hooks of the app run.
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
  const { client, prefix: _, logLevel: __, logSerializers: ___, ...options } = given as typeof given & FastifyOwn;
  const worker = workerFor(client, Object.keys(options).length === 0 ? undefined : options);
  // Its own parser, which reads nothing, in this plugin's scope alone.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  app.all("/", async (request, reply) => {
    const { status, headers, body } = await answerTo(worker, {
      incoming: request.raw,
      outgoing: reply.raw,
      kept: request,
      attach: (carrier) => fastifyRequest.attach(carrier, request),
    });
    return reply.code(status).headers(headers).send(body);
  });
};

/** What Fastify itself reads of a plugin's options. */
interface FastifyOwn {
  readonly prefix?: unknown;
  readonly logLevel?: unknown;
  readonly logSerializers?: unknown;
}
