import type { WorkerOptions } from "../worker/worker-options.ts";

/** Options of a plugin that Fastify itself reads. */
const FASTIFY_OWN: readonly string[] = ["prefix", "logLevel", "logSerializers"];

/** Returns the worker's options among the options that a plugin was registered with. */
export function workerOptions(options: WorkerOptions): WorkerOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => name !== "client" && !FASTIFY_OWN.includes(name)),
  );
}
