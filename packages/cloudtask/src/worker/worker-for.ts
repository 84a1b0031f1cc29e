import { registryOf, type TaskClient } from "../execution/registry.ts";
import { outcomeResponse } from "./outcome-response.ts";
import { createWorker, isWorker, type Worker } from "./worker.ts";
import { resolveWorkerOptions, type WorkerOptions } from "./worker-options.ts";

/**
 * Returns the worker that an adapter serves: a given worker itself, or a client's worker, which is created at the first request.
 * Bundlers and deploy tools (`next build`, Firebase's discovery) load modules while environment variables are unset, so the client's
 * configuration must not be read earlier.
 *
 * @param target - a client or a worker
 * @param options - for the worker to be created
 * @returns a worker; while it cannot be created it runs no task, answers 500 and logs the error
 * @throws TypeError if an option is wrong, or if options are passed beside a worker
 */
export function workerFor(target: TaskClient | Worker, options: WorkerOptions = {}): Worker {
  if (isWorker(target)) {
    if (Object.keys(options).length === 0) return target;
    throw new TypeError("this worker already has its options; pass worker options to createWorker()");
  }
  const registry = registryOf(target);
  resolveWorkerOptions(options);
  let created: Worker | undefined;
  const create = (): Worker => {
    created ??= createWorker(target, options);
    return created;
  };
  const fetch = async (request: Request): Promise<Response> => {
    let worker: Worker;
    try {
      worker = create();
    } catch (error) {
      // The console stands in for a missing logger: a worker that runs no task must not do so in silence.
      const logger = registry.logger ?? console;
      logger.error("cloudtask: the worker could not be created, and the task did not run", error);
      return outcomeResponse({ kind: "misconfigured", message: "the worker is misconfigured; its log has the error" });
    }
    return worker.fetch(request);
  };
  // A worker that has not served a request yet is created to be closed, so that it answers 503 from then on.
  const close: Worker["close"] = async (closeOptions) => {
    let worker: Worker;
    try {
      worker = create();
    } catch {
      return;
    }
    await worker.close(closeOptions);
  };
  return { fetch, close, [Symbol.asyncDispose]: () => close() };
}
