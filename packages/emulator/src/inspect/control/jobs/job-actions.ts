import { setTimeout } from "node:timers/promises";
import { errorMessage, redrivenHeaders, redrivenTaskId } from "cloudtask/internal";
import { deleteTask } from "../../../engine/delete-task.ts";
import type { EngineTask } from "../../../engine/engine-state.ts";
import { runTask } from "../../../engine/start-attempt.ts";
import { RpcError } from "../../../service/rpc-error.ts";
import type { InspectParts } from "../../inspect-parts.ts";
import type { NewJobJson } from "../../types/job-types.ts";
import { copiedTask } from "../push/copied-task.ts";
import { createCopy } from "../push/task-copy.ts";
import type { ActionResult, Job } from "./job.ts";

/** Milliseconds between two checks whether a queue allows another attempt. */
const CONCURRENCY_CHECK_MS = 20;

type Action = (
  parts: InspectParts,
  task: EngineTask,
  name: string,
  job: Pick<Job, "isRunning">,
) => Promise<ActionResult>;

/** The actions on tasks that exist. A task has not been removed when its action begins. */
export const jobActions: Readonly<Record<Exclude<NewJobJson["action"], "push">, Action>> = {
  delete: async (parts, task) => {
    deleteTask(parts.engine, task);
    return "done";
  },
  run: async (parts, task, _, job) => {
    const { queue } = task;
    const isFull = (): boolean => queue.running >= queue.record.settings.maxConcurrentDispatches;
    while (isFull() && job.isRunning && !task.removed) await setTimeout(CONCURRENCY_CHECK_MS);
    if (!job.isRunning) return "stopped";
    if (task.removed || task.running > 0) return "missing";
    parts.services.context.start(runTask(parts.engine, task));
    return "done";
  },
  redrive: async (parts, task, name) => {
    const result = await redriven(parts, task, name);
    return "error" in result ? result : "done";
  },
};

/**
 * Creates a dead letter again in its home queue, and deletes it afterwards. A crash in between leaves both tasks.
 *
 * @returns the full name of the new task
 */
export async function redriven(
  parts: InspectParts,
  task: EngineTask,
  name: string,
): Promise<{ readonly name: string } | { readonly error: string }> {
  if (!task.record.isDeadLetter)
    return { error: "The task is not a dead letter: it has no header CloudTask-Dead-Reason." };
  const { queue, retry, deadlineMs, request } = copiedTask(parts, name);
  if (queue === task.queue.record.name)
    return { error: "The dead letter does not name its home queue in CloudTask-Dead-Queue." };
  const id = await redrivenTaskId(name);
  const headers = redrivenHeaders(request.headers, parts.engine.clock.now());
  const copy = { queue, id, scheduledAt: undefined, deadlineMs, retry, request: { ...request, headers } };
  try {
    await createCopy(parts.services, copy);
  } catch (error) {
    // The name is taken if another redrive has created the task and has not deleted the letter yet.
    const isTaken = error instanceof RpcError && error.status === "ALREADY_EXISTS";
    if (!isTaken) return { error: `The task was not created in ${queue}: ${errorMessage(error)}` };
  }
  if (!task.removed) deleteTask(parts.engine, task);
  return { name: `${queue}/tasks/${id}` };
}
