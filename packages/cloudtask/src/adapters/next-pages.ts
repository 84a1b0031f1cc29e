import type { IncomingMessage, ServerResponse } from "node:http";
import type { TaskClient } from "../execution/registry.ts";
import { type Worker, workerFor } from "../worker/worker.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { serveNode } from "./_node-bridge.ts";

/**
 * Creates an API route for the Pages Router of Next.js that serves a worker. With `bodyParser: false` the worker reads the body itself.
 * Without it, the parser of Next.js rejects bodies over 1 MB.
 *
 * @param client - a client, or a worker created from one
 * @param options - the options of the worker
 * @returns the route's default export
 * @throws TypeError if an option is unknown or invalid
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
