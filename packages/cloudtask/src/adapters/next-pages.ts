import type { IncomingMessage, ServerResponse } from "node:http";
import type { TaskClient } from "../execution/registry.ts";
import type { Worker } from "../worker/worker.ts";
import { workerFor } from "../worker/worker-for.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { serveNode } from "./_node-bridge.ts";

/**
 * Mounts a worker in the Pages Router of Next.js: an API route. With `bodyParser: false` the worker reads the body itself. It
 * may stand behind the parser of Next.js too, which refuses bodies over 1 MB.
 *
 * @param client - a CloudTaskClient, or a worker made of one
 * @param options - for the worker
 * @returns the route's default export
 * @throws TypeError as `createWorker()`, at the first request
 *
 * @example
 * ```ts
 * // pages/api/tasks.ts
 * import { cloudTaskApiRoute } from "cloudtask/next/pages";
 * import { client } from "../../tasks";
 *
 * export default cloudTaskApiRoute(client);
 * export const config = { api: { bodyParser: false } };
 * ```
 */
export function cloudTaskApiRoute(
  client: TaskClient | Worker,
  options?: WorkerOptions,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void> {
  const worker = workerFor(client, options);
  return async (incoming, outgoing) => serveNode(worker, { incoming, outgoing });
}
