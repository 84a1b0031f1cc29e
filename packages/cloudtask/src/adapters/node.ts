import type { IncomingMessage, ServerResponse } from "node:http";
import type { TaskClient } from "../execution/registry.ts";
import type { Worker } from "../worker/worker.ts";
import { workerFor } from "../worker/worker-for.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { serveNode } from "./_node-bridge.ts";

export { type ClosedOnSignal, type CloseOnSignalOptions, closeOnSignal } from "./_close-on-signal.ts";

/**
 * Mounts a worker on Node's own HTTP server.
 *
 * @param client - a CloudTaskClient, or a worker made of one
 * @param options - for the worker
 * @returns a request listener; it answers every path, so route before it where there are others
 * @throws TypeError as `createWorker()`
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { cloudTaskListener } from "cloudtask/node";
 *
 * createServer(cloudTaskListener(client)).listen(8080);
 * ```
 */
export function cloudTaskListener(
  client: TaskClient | Worker,
  options?: WorkerOptions,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void> {
  const worker = workerFor(client, options);
  return (incoming, outgoing) => serveNode(worker, { incoming, outgoing });
}
