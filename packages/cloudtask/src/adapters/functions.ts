import type { HttpFunction } from "@google-cloud/functions-framework";
import type { TaskClient } from "../execution/registry.ts";
import type { Worker } from "../worker/worker.ts";
import { workerFor } from "../worker/worker-for.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { serveNode } from "./_node-bridge.ts";
import { expressRequest } from "./express.ts";

/**
 * Mounts a worker as a function of the Functions Framework: Cloud Run functions, and `onRequest()` of Firebase. The function
 * answers every path; `expressRequest` of `cloudtask/express` is there, since the framework is made of Express.
 *
 * @param client - a CloudTaskClient, or a worker made of one
 * @param options - for the worker
 * @returns an HTTP function
 * @throws TypeError as `createWorker()`
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
