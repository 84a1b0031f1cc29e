import { errorMessage } from "cloudtask/internal";
import type { InspectParts } from "../../inspect-parts.ts";
import type { WholeFinishedTask } from "../../tasks/finished-task-json.ts";
import { findFinished, findTask } from "../../tasks/task-detail-json.ts";
import { copyOfFinished } from "../push/copy-of-finished.ts";
import { editedRequest, unchanged } from "../push/edited-request.ts";
import { NotCopiedError } from "../push/not-copied-error.ts";
import { createCopy, type TaskCopy } from "../push/task-copy.ts";
import type { ActionResult } from "./job.ts";

/** Creates a finished task, given by full name, again. */
export async function pushAgainByName(parts: InspectParts, name: string): Promise<ActionResult> {
  // The name can belong to a finished task and to a newer one.
  if (findTask(parts, name)) return { skipped: "the task is not finished" };
  const finished = findFinished(parts, name);
  return finished ? pushAgain(parts, finished) : "missing";
}

/** Creates a finished task again, due now. The task is skipped if the history does not have all of it. */
export async function pushAgain(parts: InspectParts, finished: WholeFinishedTask): Promise<ActionResult> {
  const copy = exactCopy(parts, finished);
  if ("skipped" in copy) return copy;
  try {
    await createCopy(parts.services, copy);
    return "done";
  } catch (error) {
    return { error: `The task was not created in ${copy.queue}: ${errorMessage(error)}` };
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
