import type { WorkerOptions } from "../worker/worker-options.ts";

/** What Fastify itself reads of a plugin's options. */
const FASTIFY_OWN: readonly string[] = ["prefix", "logLevel", "logSerializers"];

/**
 * @param given - what the plugin was registered with
 * @returns the worker's options among it
 */
export function workerOptions(given: WorkerOptions): WorkerOptions {
  return Object.fromEntries(Object.entries(given).filter(([name]) => name !== "client" && !FASTIFY_OWN.includes(name)));
}
