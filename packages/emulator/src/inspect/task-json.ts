import { type EngineTask, taskName } from "../engine/engine-state.ts";
import type { AttemptRecord, TaskRecord, TaskRequest } from "../engine/records.ts";
import { HiddenValues } from "../history/masking/hidden-values.ts";
import { maskUrl } from "../history/masking/mask-http.ts";
import { maskRequest } from "../history/recorded-exchange.ts";
import { definedFields } from "./defined-fields.ts";
import type { InspectParts } from "./inspect-parts.ts";
import type { RequestJson, SummaryJson, TaskJson } from "./inspect-types.ts";
import { rfc3339, timeOrNone } from "./rfc3339.ts";

type Parts = Pick<InspectParts, "engine" | "secretNames">;

/** Returns the JSON of a task. */
export function taskJson({ engine, secretNames }: Parts, { record, queue, running }: EngineTask): TaskJson {
  const request = engine.store.requestOf(record);
  return {
    name: taskName(queue.record.name, record.id),
    queue: queue.record.name,
    id: record.id,
    state: running > 0 ? "running" : "waiting",
    createTime: rfc3339(record.createdAt),
    scheduleTime: rfc3339(record.scheduledAt),
    dispatchDeadlineMs: record.deadlineMs,
    dispatchCount: record.dispatchCount,
    responseCount: record.executionCount,
    failureCount: record.failureCount,
    ...definedFields({
      firstDispatchTime: timeOrNone(record.firstDispatchedAt),
      lastAttempt: record.lastAttempt && lastAttemptJson(record.lastAttempt),
      request: request && summaryOf(request, new HiddenValues(secretNames)),
    }),
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
): (SummaryJson & RequestJson) | undefined {
  const request = engine.store.requestOf(record);
  if (!request) return undefined;
  const { kind, method, headers, body } = request;
  const bytes = body.subarray(0, bodyBytes);
  const unmasked = { method, url: urlOf(request), headers: Object.entries(headers), bytes, size: body.length };
  return { kind, ...maskRequest(unmasked, new HiddenValues(secretNames)) };
}

function summaryOf(request: TaskRequest, hidden: HiddenValues): SummaryJson {
  const { kind, method, body } = request;
  return { kind, method, url: maskUrl(urlOf(request), hidden), bodySize: body.length };
}

function urlOf(request: TaskRequest): string {
  return request.kind === "http" ? request.url : request.relativeUri;
}

function lastAttemptJson(attempt: AttemptRecord): NonNullable<TaskJson["lastAttempt"]> {
  const { scheduledAt, dispatchedAt, finishedAt, status, timedOut } = attempt;
  return {
    scheduleTime: rfc3339(scheduledAt),
    timedOut,
    ...definedFields({ dispatchTime: timeOrNone(dispatchedAt), finishTime: timeOrNone(finishedAt), status }),
  };
}
