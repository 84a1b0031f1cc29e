import type { Worker } from "cloudtask";
import { outcomeResponse } from "cloudtask/internal/nestjs";

/** A worker as an app mounts it. */
export interface WorkerGate {
  readonly fetch: Worker["fetch"];
  /**
   * Lets no further delivery in, which are answered 503, and waits for those that came this way.
   *
   * @param graceMs - how long; then they are aborted where the worker is the app's own, and left to the worker where it is not
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Stands before a worker that may outlive the app, whose handlers go when it closes.
 *
 * @param worker - the worker
 * @param isOwn - whether it is the app's to close
 * @returns what to mount in its place
 */
export function workerGate(worker: Worker, isOwn: boolean): WorkerGate {
  const running = new Set<Promise<Response>>();
  let isClosing = false;
  return {
    fetch: async (request) => {
      if (isClosing) return outcomeResponse({ kind: "draining", message: "this app is closing" });
      const answer = worker.fetch(request);
      running.add(answer);
      return answer.finally(() => running.delete(answer));
    },
    close: async (graceMs) => {
      isClosing = true;
      if (isOwn) await worker.close({ grace: graceMs });
      else await Promise.race([Promise.allSettled(running), passed(graceMs)]);
    },
  };
}

/** Without keeping the process. */
function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
