import type { HttpFunction } from "@google-cloud/functions-framework";
import type { TaskClient } from "../execution/registry.ts";
import { type Worker, workerFor } from "../worker/worker.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { serveNode } from "./_node-bridge.ts";
import { expressRequest } from "./express.ts";

/**
 * Creates an HTTP function that serves a worker, for the Functions Framework, Cloud Run functions and Firebase's `onRequest()`. The
 * function answers every path. Handlers can use `expressRequest` of `cloudtask/express`, because the framework uses Express.
 *
 * @param client - a client, or a worker created from one
 * @param options - the options of the worker
 * @throws TypeError if an option is unknown or invalid
 *
 * @example
 * ```ts
 * import { http } from "@google-cloud/functions-framework";
 * import { cloudTaskFunction } from "cloudtask/functions";
 *
 * http("tasks", cloudTaskFunction(client));
 * ```
 */
export function cloudTaskFunction(client: TaskClient | Worker, options?: WorkerOptions): HttpFunction {
  const worker = workerFor(client, options);
  return (request, response) => {
    const attach = (carrier: Request): Request => expressRequest.attach(carrier, request);
    return serveNode(worker, { incoming: request, outgoing: response, attach });
  };
}
