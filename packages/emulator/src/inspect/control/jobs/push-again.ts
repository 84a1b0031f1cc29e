import { errorMessage } from "cloudtask/internal";
import { queueNameState } from "../../../engine/create-queue.ts";
import type { InspectParts } from "../../inspect-parts.ts";
import type { WholeFinishedTask } from "../../tasks/finished-task-json.ts";
import { findFinished, findTask } from "../../tasks/task-detail-json.ts";
import { copyOfFinished } from "../push/copy-of-finished.ts";
import { editedRequest, unchanged } from "../push/edited-request.ts";
import { NotCopiedError } from "../push/not-copied-error.ts";
import { createCopy, type TaskCopy } from "../push/task-copy.ts";
import type { ActionResult } from "./job.ts";

/**
 * Creates finished tasks again, each of them once. If a replay fails too, its copies are finished tasks beside the originals, and a
 * second replay of both would do the work twice.
 */
export class Replay {
  readonly #parts: InspectParts;

  constructor(parts: InspectParts) {
    this.#parts = parts;
  }

  /** Creates a finished task, given by full name, again. */
  async pushByName(name: string, isDryRun: boolean): Promise<ActionResult> {
    // The name can belong to a finished task and to a newer one.
    if (findTask(this.#parts, name)) return { skipped: "the task is not finished" };
    const finished = findFinished(this.#parts, name);
    return finished ? this.push(finished, isDryRun) : "missing";
  }

  /**
   * Creates a finished task again, due now. The task is skipped if the history does not have all of it.
   *
   * @param isDryRun - whether to return the result without creating the task
   */
  async push(finished: WholeFinishedTask, isDryRun: boolean): Promise<ActionResult> {
    const { sequence } = finished.last;
    const { replaced } = this.#parts;
    const reason = replaced.reasonOf(sequence);
    if (reason !== undefined) return { skipped: reason };
    const copy = exactCopy(this.#parts, finished);
    if ("skipped" in copy) return copy;
    if (isDryRun) return this.#hasQueue(copy.queue) ? "done" : { error: `The queue ${copy.queue} does not exist.` };
    // Set before the task is created, because another job can reach the same task meanwhile.
    replaced.add(sequence);
    try {
      await createCopy(this.#parts.services, copy);
      return "done";
    } catch (error) {
      replaced.delete(sequence);
      return { error: `The task was not created in ${copy.queue}: ${errorMessage(error)}` };
    }
  }

  /** Checks whether a queue exists, or would be created for its first task. */
  #hasQueue(queue: string): boolean {
    const { engine, services } = this.#parts;
    return engine.queues.has(queue) || (services.context.autoCreateQueues && queueNameState(engine, queue) === "free");
  }
}

function exactCopy(parts: InspectParts, finished: WholeFinishedTask): TaskCopy | { readonly skipped: string } {
  try {
    const copied = copyOfFinished(parts, finished);
    const { queue, deadlineMs, retry } = copied;
    return { queue, id: "", scheduledAt: undefined, deadlineMs, retry, request: editedRequest(copied, unchanged) };
  } catch (error) {
    if (error instanceof NotCopiedError) return { skipped: error.reason };
    throw error;
  }
}
