import type { TaskClient } from "../execution/registry.ts";
import type { Worker } from "../worker/worker.ts";
import { workerFor } from "../worker/worker-for.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";

/**
 * Mounts a worker in the App Router of Next.js: a route handler, for the Node and the edge runtime.
 *
 * The worker is made when the first request comes: Next.js loads every route while it builds, where secrets are not there yet.
 *
 * @param client - a CloudTaskClient, or a worker made of one
 * @param options - for the worker
 * @returns the route's `POST`
 * @throws TypeError as `createWorker()`, at the first request
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
