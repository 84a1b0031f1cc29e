import {
  type DeadLetterFactsJson,
  definedFields,
  HiddenValues,
  maskRequest,
  previewOf,
  type RequestJson,
} from "@cloudtask/emulator/internal";
import { readDeadLetterHeaders } from "cloudtask/internal";
import type { CloudAttemptJson, CloudTaskJson, CloudWaitJson } from "../cloud-json.ts";
import { type ApiTask, headerOf, httpStatusIn, isInFlight, queueOf, requestOf, stateOf, urlOf } from "./api-task.ts";
import type { View } from "./body-access.ts";

/** Bytes of a body to mask for the preview. A secret at its end may be cut, so more bytes are masked than shown. */
const PREVIEW_BYTES = 600;

/** Returns a task for a list. */
export function taskJson(task: ApiTask, view: View, nowMs: number): CloudTaskJson {
  const masked = maskedRequest(task, PREVIEW_BYTES);
  const { method, url, bodySize } = masked;
  const isFull = view === "FULL";
  return {
    ...taskFacts(task, masked, nowMs),
    request: {
      kind: kindOf(task),
      method,
      url,
      ...(isFull && { bodySize, ...definedFields({ preview: previewOf(masked) }) }),
    },
  };
}

/** Returns a task without its request. */
export function taskFacts(task: ApiTask, masked: RequestJson, nowMs: number): Omit<CloudTaskJson, "request"> {
  const { name, createTime = "", scheduleTime = createTime, dispatchCount = 0, responseCount = 0 } = task;
  const attempts = { firstDispatchTime: task.firstAttempt?.dispatchTime, lastAttempt: lastAttemptOf(task) };
  return {
    name,
    queue: queueOf(task),
    id: name.slice(name.lastIndexOf("/") + 1),
    state: stateOf(task, nowMs),
    createTime,
    scheduleTime,
    ...definedFields({
      definition: definitionOf(task),
      dispatchDeadlineMs: msOf(task.dispatchDeadline),
      ...attempts,
      deadLetter: deadLetterOf(task, masked),
    }),
    dispatchCount,
    responseCount,
    // All attempts of a task that exists have failed, except one in flight.
    failureCount: Math.max(0, dispatchCount - (isInFlight(task.lastAttempt) ? 1 : 0)),
    waits: waitsOf(task, nowMs),
  };
}

/**
 * Returns the request of a task without its secrets.
 *
 * @param bodyBytes - bytes of the body to include
 */
export function maskedRequest(task: ApiTask, bodyBytes: number): RequestJson {
  const { httpMethod = "POST", headers = {} } = requestOf(task);
  const bytes = bodyOf(task);
  const unmasked = { method: httpMethod, url: urlOf(task), headers: Object.entries(headers) };
  return maskRequest({ ...unmasked, bytes: bytes.subarray(0, bodyBytes), size: bytes.length }, new HiddenValues());
}

/** Returns the body of a task; empty if the view has none. */
export function bodyOf(task: ApiTask): Buffer {
  return Buffer.from(requestOf(task).body ?? "", "base64");
}

/** Returns the name of the task definition. */
export function definitionOf(task: ApiTask): string | undefined {
  return headerOf(task, "CloudTask-Name");
}

export function kindOf({ appEngineHttpRequest }: ApiTask): "http" | "appEngine" {
  return appEngineHttpRequest === undefined ? "http" : "appEngine";
}

/** Returns the milliseconds of a duration in proto3 JSON, such as `1.500s`. */
export function msOf(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : Number.parseFloat(duration) * 1_000;
}

/** Returns the facts about a dead letter from its masked headers; `undefined` for any other task. */
export function deadLetterOf(task: ApiTask, { headers }: RequestJson): DeadLetterFactsJson | undefined {
  const values = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
  const facts = readDeadLetterHeaders((name) => values.get(name.toLowerCase()));
  if (facts === undefined) return undefined;
  const { reason = "", message, attempts, firstMs, lastMs, homeQueue, originalId } = facts;
  return {
    reason,
    ...definedFields({
      message,
      attempts,
      firstTime: timeOf(firstMs),
      lastTime: timeOf(lastMs),
      homeQueue: homeQueue && siblingQueue(queueOf(task), homeQueue),
      originalId,
    }),
  };
}

function lastAttemptOf({ lastAttempt }: ApiTask): CloudAttemptJson | undefined {
  if (lastAttempt === undefined) return undefined;
  const { scheduleTime, dispatchTime, responseTime: finishTime, responseStatus } = lastAttempt;
  const status = httpStatusIn(lastAttempt);
  return definedFields({ scheduleTime, dispatchTime, finishTime, status, message: responseStatus?.message });
}

function waitsOf(task: ApiTask, nowMs: number): readonly CloudWaitJson[] {
  const { scheduleTime: until = "" } = task;
  const state = stateOf(task, nowMs);
  if (state === "scheduled") return [{ reason: "scheduleTime", until }];
  return state === "retrying" ? [{ reason: "retry", until }] : [];
}

function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

/** The home queue is in the same location. */
function siblingQueue(queue: string, home: string): string {
  return home.includes("/") ? home : `${queue.slice(0, queue.lastIndexOf("/"))}/${home}`;
}
