import type { Logger, Worker } from "cloudtask";
import { outcomeResponse } from "cloudtask/internal/nestjs";

/** A worker as an app mounts it. */
export interface WorkerGate {
  readonly fetch: Worker["fetch"];
  /**
   * Rejects further deliveries with 503, and waits for running ones.
   *
   * @param graceMs - the maximum wait, in milliseconds; after that, deliveries are aborted if the app owns the worker, and
   * continue otherwise
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Wraps a worker that may outlive the app: the handlers of the app disappear when it closes.
 *
 * @param worker - the worker
 * @param isOwn - `true` if the app closes the worker
 * @param log - the log of the worker's client, if it has a logger
 */
export function workerGate(worker: Worker, isOwn: boolean, log: Pick<Logger, "warn"> | undefined): WorkerGate {
  const running = new Set<Promise<Response>>();
  let isClosing = false;
  return {
    fetch: async (request) => {
      if (isClosing) {
        const message = "this app is closing";
        log?.warn(`rejected a delivery (draining): ${message}`);
        return outcomeResponse({ kind: "draining", message });
      }
      const response = worker.fetch(request);
      running.add(response);
      return response.finally(() => running.delete(response));
    },
    close: async (graceMs) => {
      isClosing = true;
      if (isOwn) await worker.close({ grace: graceMs });
      else await Promise.race([Promise.allSettled(running), elapsed(graceMs)]);
    },
  };
}

/** The timer does not keep the process running. */
function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
