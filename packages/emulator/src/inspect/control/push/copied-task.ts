import { withoutDeadLetterHeaders } from "cloudtask/internal";
import type { EngineTask } from "../../../engine/engine-state.ts";
import type { TaskRecord, TaskRequest } from "../../../engine/records.ts";
import { RpcError } from "../../../service/rpc-error.ts";
import { deadLetterFacts } from "../../dead-letters/dead-letter-facts.ts";
import type { InspectParts } from "../../inspect-parts.ts";
import { findFinished, findTask } from "../../tasks/task-detail-json.ts";
import { requestJson } from "../../tasks/task-json.ts";
import type { RequestJson } from "../../types/common-types.ts";
import { copyOfFinished } from "./copy-of-finished.ts";

/** A task from which a new one is created. */
export interface CopiedTask {
  /** The task itself, if it exists. */
  readonly task: EngineTask | undefined;
  /** The queue of the new task by default. */
  readonly queue: string;
  readonly retry: TaskRecord["retry"];
  readonly deadlineMs: number | undefined;
  readonly request: TaskRequest;
  /** The request as a page shows it: with `***` for secrets. */
  readonly masked: RequestJson;
  /** Whether `request` has the secrets and the whole body. */
  readonly isWhole: boolean;
  /** Whether the body is only its beginning. */
  readonly isCut: boolean;
}

/** @throws RpcError if neither the emulator nor its history has the task, or the history has too little of it */
export function copiedTask(parts: InspectParts, name: string): CopiedTask {
  const task = findTask(parts, name);
  if (task) return copyOfTask(parts, task);
  const finished = findFinished(parts, name);
  if (finished) return copyOfFinished(parts, finished);
  throw new RpcError(
    "NOT_FOUND",
    `from: the task to copy no longer exists, and the history has no attempt of it: ${JSON.stringify(name)}. Push a new task instead.`,
  );
}

function copyOfTask(parts: InspectParts, task: EngineTask): CopiedTask {
  const { record, queue } = task;
  const request = parts.engine.store.requestOf(record);
  const masked = requestJson(parts, record, Number.POSITIVE_INFINITY);
  if (!request || !masked) throw new RpcError("INTERNAL", `The store has lost the request of task ${record.id}.`);
  return {
    task,
    queue: deadLetterFacts(parts, task)?.homeQueue ?? queue.record.name,
    retry: record.retry,
    deadlineMs: record.deadlineMs,
    request: { ...request, headers: withoutDeadLetterHeaders(request.headers) },
    masked,
    isWhole: true,
    isCut: false,
  };
}
