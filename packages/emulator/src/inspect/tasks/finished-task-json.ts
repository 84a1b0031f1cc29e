import type { AttemptFinished } from "../../emulator-events.ts";
import type { History } from "../../history/history.ts";
import type { FinishedTask } from "../../history/tasks/finished-task.ts";
import { definedFields } from "../defined-fields.ts";
import { rfc3339 } from "../rfc3339.ts";
import type { LastAttemptJson, SummaryJson, TaskJson } from "../types/task-types.ts";
import { previewOf } from "./preview-of.ts";

/** A finished task with the whole last attempt. */
export interface WholeFinishedTask {
  readonly state: FinishedTask["state"];
  readonly last: AttemptFinished;
}

/** Returns a finished task with its last attempt; `undefined` if the history no longer has it. */
export function wholeFinishedTask(
  history: Pick<History, "get">,
  finished: FinishedTask,
): WholeFinishedTask | undefined {
  const last = history.get(finished.last.id);
  return last && { state: finished.state, last };
}

/** Returns the JSON of a finished task. */
export function finishedTaskJson(finished: WholeFinishedTask, attempts: readonly AttemptFinished[]): TaskJson {
  return {
    ...finishedTaskFacts(finished, attempts),
    ...definedFields({ request: summaryOf(finished.last) }),
  };
}

/**
 * Returns the JSON of a finished task, without its request.
 *
 * @param attempts - its attempts in the history, the oldest first
 */
export function finishedTaskFacts(
  { state, last }: WholeFinishedTask,
  attempts: readonly AttemptFinished[],
): Omit<TaskJson, "request"> {
  const { task: name, queue, sequence, definition } = last;
  const own = attempts.filter((attempt) => attempt.sequence === sequence);
  const [first] = own;
  // The oldest attempts may have left the history. All before the last one failed.
  const isFailure = last.status === undefined || last.status < 200 || last.status >= 300;
  return {
    name,
    queue,
    id: name.slice(name.lastIndexOf("/") + 1),
    sequence,
    state,
    ...definedFields({ definition }),
    createTime: rfc3339(last.createdAt),
    scheduleTime: rfc3339(last.scheduledAt),
    finishTime: rfc3339(last.at),
    dispatchCount: last.attempt,
    failureCount: last.attempt - (isFailure ? 0 : 1),
    ...definedFields({ firstDispatchTime: first?.attempt === 1 ? rfc3339(first.dispatchedAt) : undefined }),
    lastAttempt: lastAttemptJson(last),
    waits: [],
  };
}

/** Returns whether the target belongs to App Engine. The history only has the request that was sent. */
export function kindOf({ request }: AttemptFinished): "http" | "appEngine" {
  const isAppEngine = request?.headers.some(([name]) => name.toLowerCase() === "x-appengine-queuename");
  return isAppEngine ? "appEngine" : "http";
}

function summaryOf(last: AttemptFinished): SummaryJson | undefined {
  const { request } = last;
  if (!request) return undefined;
  const { method, url, bodySize } = request;
  return { kind: kindOf(last), method, url, bodySize, ...definedFields({ preview: previewOf(request) }) };
}

function lastAttemptJson({ scheduledAt, dispatchedAt, at, status, error }: AttemptFinished): LastAttemptJson {
  const timedOut = error === "deadline exceeded";
  return {
    scheduleTime: rfc3339(scheduledAt),
    dispatchTime: rfc3339(dispatchedAt),
    finishTime: rfc3339(at),
    timedOut,
    ...definedFields({ status: timedOut ? 504 : status }),
  };
}
