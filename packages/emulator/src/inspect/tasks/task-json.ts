import { type EngineTask, taskName } from "../../engine/engine-state.ts";
import type { AttemptRecord, TaskRecord, TaskRequest } from "../../engine/records.ts";
import { HiddenValues } from "../../history/masking/hidden-values.ts";
import { maskRequest } from "../../history/recorded-exchange.ts";
import { deadLetterFacts } from "../dead-letters/dead-letter-facts.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { rfc3339, timeOrNone } from "../rfc3339.ts";
import type { RequestJson } from "../types/common-types.ts";
import type { LastAttemptJson, TaskJson } from "../types/task-types.ts";
import { liveStateOf } from "./task-item.ts";
import { urlOf } from "./url-of.ts";
import { waitReasons } from "./wait-reasons.ts";

type Parts = Pick<InspectParts, "engine" | "secretNames">;

/** Returns the JSON of a task that exists. */
export function taskJson(parts: Parts & Pick<InspectParts, "summaries">, task: EngineTask, now: number): TaskJson {
  return { ...taskFacts(parts, task, now), ...definedFields({ request: parts.summaries.of(task.record) }) };
}

/** Returns the JSON of a task that exists, without its request. */
export function taskFacts(parts: Parts, task: EngineTask, now: number): Omit<TaskJson, "request"> {
  const { record, queue } = task;
  const { definition } = record;
  return {
    name: taskName(queue.record.name, record.id),
    queue: queue.record.name,
    id: record.id,
    sequence: record.sequence,
    state: liveStateOf(task, now),
    ...definedFields({ definition }),
    createTime: rfc3339(record.createdAt),
    scheduleTime: rfc3339(record.scheduledAt),
    dispatchDeadlineMs: record.deadlineMs,
    dispatchCount: record.dispatchCount,
    responseCount: record.executionCount,
    failureCount: record.failureCount,
    ...definedFields({
      firstDispatchTime: timeOrNone(record.firstDispatchedAt),
      lastAttempt: record.lastAttempt && lastAttemptJson(record.lastAttempt),
    }),
    waits: waitReasons(task, now),
    ...definedFields({ deadLetter: deadLetterFacts(parts, task) }),
  };
}

/**
 * Returns the stored request of a task without its secrets.
 *
 * @param bodyBytes - bytes of the body to include
 */
export function requestJson(
  { engine, secretNames }: Parts,
  record: TaskRecord,
  bodyBytes: number,
): (RequestJson & { readonly kind: TaskRequest["kind"] }) | undefined {
  const request = engine.store.requestOf(record);
  if (!request) return undefined;
  const { kind, method, headers, body } = request;
  const bytes = body.subarray(0, bodyBytes);
  const unmasked = { method, url: urlOf(request), headers: Object.entries(headers), bytes, size: body.length };
  return { kind, ...maskRequest(unmasked, new HiddenValues(secretNames)) };
}

function lastAttemptJson(attempt: AttemptRecord): LastAttemptJson {
  const { scheduledAt, dispatchedAt, finishedAt, status, timedOut } = attempt;
  return {
    scheduleTime: rfc3339(scheduledAt),
    timedOut,
    ...definedFields({ dispatchTime: timeOrNone(dispatchedAt), finishTime: timeOrNone(finishedAt), status }),
  };
}
