import type { TaskClient } from "../execution/registry.ts";
import { type Worker, workerFor } from "../worker/worker.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";

/**
 * Creates a route handler for the App Router of Next.js that serves a worker, on the Node and the edge runtime.
 *
 * @param client - a client, or a worker created from one
 * @param options - the options of the worker
 * @returns the route's `POST`
 * @throws TypeError if an option is unknown or invalid
 *
 * @example
 * ```ts
 * // app/tasks/run/route.ts
 * import { cloudTaskRoute } from "cloudtask/next";
 * import { client } from "../../../tasks";
 *
 * export const { POST } = cloudTaskRoute(client);
 * ```
 */
export function cloudTaskRoute(
  client: TaskClient | Worker,
  options?: WorkerOptions,
): { readonly POST: (request: Request) => Promise<Response> } {
  const worker = workerFor(client, options);
  return { POST: async (request) => worker.fetch(request) };
}
