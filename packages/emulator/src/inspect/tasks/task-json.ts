import { type EngineTask, taskName } from "../../engine/engine-state.ts";
import type { AttemptRecord, TaskRecord, TaskRequest } from "../../engine/records.ts";
import { HiddenValues } from "../../history/masking/hidden-values.ts";
import { maskUrl } from "../../history/masking/mask-http.ts";
import { maskRequest } from "../../history/recorded-exchange.ts";
import { deadLetterFacts } from "../dead-letters/dead-letter-facts.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { rfc3339, timeOrNone } from "../rfc3339.ts";
import type { RequestJson } from "../types/common-types.ts";
import type { LastAttemptJson, SummaryJson, TaskJson } from "../types/task-types.ts";
import { previewOf } from "./preview-of.ts";
import { liveStateOf } from "./task-item.ts";
import { waitReasons } from "./wait-reasons.ts";

type Parts = Pick<InspectParts, "engine" | "secretNames">;

/** Bytes of a body to mask for the preview. A secret at the end of the preview may be cut, so more bytes are masked. */
const PREVIEW_BYTES = 600;

/** Returns the JSON of a task that exists. */
export function taskJson(parts: Parts, task: EngineTask, now: number): TaskJson {
  const request = parts.engine.store.requestOf(task.record);
  return {
    ...taskFacts(parts, task, now),
    ...definedFields({ request: request && summaryOf(request, new HiddenValues(parts.secretNames)) }),
  };
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

/** Returns the URL of a task; for an App Engine task the path and query. */
export function urlOf(request: TaskRequest): string {
  return request.kind === "http" ? request.url : request.relativeUri;
}

function summaryOf(request: TaskRequest, hidden: HiddenValues): SummaryJson {
  const { kind, method, headers, body } = request;
  const bytes = body.subarray(0, PREVIEW_BYTES);
  const unmasked = { method, url: "", headers: Object.entries(headers), bytes, size: body.length };
  const masked = maskRequest(unmasked, hidden);
  return {
    kind,
    method,
    url: hidden.scrub(maskUrl(urlOf(request), hidden)),
    bodySize: body.length,
    ...definedFields({ preview: previewOf(masked) }),
  };
}

function lastAttemptJson(attempt: AttemptRecord): LastAttemptJson {
  const { scheduledAt, dispatchedAt, finishedAt, status, timedOut } = attempt;
  return {
    scheduleTime: rfc3339(scheduledAt),
    timedOut,
    ...definedFields({ dispatchTime: timeOrNone(dispatchedAt), finishTime: timeOrNone(finishedAt), status }),
  };
}
