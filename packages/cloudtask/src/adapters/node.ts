import type { IncomingMessage, ServerResponse } from "node:http";
import type { TaskClient } from "../execution/registry.ts";
import { type Worker, workerFor } from "../worker/worker.ts";
import type { WorkerOptions } from "../worker/worker-options.ts";
import { serveNode } from "./_node-bridge.ts";

export { type Closable, type ClosedOnSignal, type CloseOnSignalOptions, closeOnSignal } from "./_close-on-signal.ts";

/**
 * Creates a request listener that serves a worker on Node's own HTTP server. It answers requests to every path, so handle other
 * paths before you call it.
 *
 * @param client - a client, or a worker created from one
 * @param options - the options of the worker
 * @throws TypeError if an option is unknown or invalid
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
