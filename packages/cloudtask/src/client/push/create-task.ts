import { base64, utf8 } from "../../core/base64.ts";
import { durationJson } from "../../core/duration.ts";
import { abortedError } from "../../core/errors/aborted-error.ts";
import { type Late, late } from "../../core/late.ts";
import { taskRetryConfig } from "../../core/task-retry.ts";
import type { ApiAnswer } from "../../transport/transport.ts";
import { type ConfirmedTask, confirmedTask, resultOf } from "./created-task.ts";
import { failedCreate } from "./failed-create.ts";
import type { PreparedPush } from "./prepare.ts";
import type { CreateCall } from "./push-batches.ts";
import type { PushResult } from "./push-options.ts";
import { type PushTrace, traceFailure } from "./push-trace.ts";

/** The properties of a push that a CreateTask call contains. */
export interface CreatedPush
  extends Pick<
    PreparedPush,
    | "task"
    | "id"
    | "scheduleMs"
    | "dispatchDeadlineMs"
    | "url"
    | "headers"
    | "appEngine"
    | "oidcToken"
    | "retry"
    | "body"
    | "nowMs"
  > {
  /** The start of messages. Default: `pushing "…"`. */
  readonly subject?: string;
}

/** Sends a CreateTask call: on its own, or in a batch. */
export type SendCreate = (call: CreateCall) => Promise<ApiAnswer>;

/**
 * Creates a task in Cloud Tasks.
 *
 * @throws LimitError, ApiError, NetworkError, TimeoutError, CredentialsError
 */
export function createTask(push: PreparedPush, send: SendCreate): Promise<PushResult> {
  // Without `await`, because a `pushMany()` calls this for each task: an async function would cost more than its content.
  const queueName = queueNameOf(push);
  return typeof queueName === "string"
    ? createIn(queueName, push, send)
    : queueName.then((name) => createIn(name, push, send));
}

function createIn(queueName: string, push: PreparedPush, send: SendCreate): Promise<PushResult> {
  const { signal } = push;
  if (signal?.aborted) throw abortedError(`Could not push "${push.task}" to ${queueName}`, signal, "Nothing was sent.");
  const tail = createTaskTail(push, queueName);
  return typeof tail === "string"
    ? sendTail(tail, queueName, push, send)
    : tail.then((checked) => sendTail(checked, queueName, push, send));
}

function sendTail(tail: string, queueName: string, push: PreparedPush, send: SendCreate): Promise<PushResult> {
  const { trace, signal, id } = push;
  const action = `push "${push.task}" to ${queueName}`;
  const call: CreateCall = {
    method: "POST",
    name: id && `${queueName}/tasks/${id}`,
    path: `${queueName}/tasks`,
    body: `{${tail}`,
    tail,
    signal,
    action,
    onRetry: (failure) => traceFailure(trace, failure),
  };
  return send(call).then(
    ({ body }) => resultOf(push, queueName, tracedTask(body, action, trace)),
    (error: unknown) => failedCreate(error, push, queueName),
  );
}

function tracedTask(body: unknown, action: string, trace: PushTrace): ConfirmedTask {
  try {
    return confirmedTask(body, action);
  } catch (error) {
    traceFailure(trace, error);
    throw error;
  }
}

/**
 * Returns the body of a CreateTask call as proto3 JSON.
 *
 * Source: https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create
 *
 * @param push - the prepared push
 * @param queueName - the full resource name of the queue
 * @throws LimitError if the task or its headers are larger than Cloud Tasks accepts
 */
export async function createTaskJson(push: CreatedPush, queueName: string): Promise<string> {
  return `{${await createTaskTail(push, queueName)}`;
}

/** Returns a promise only at the first task whose sizes must be checked. */
function createTaskTail(push: CreatedPush, queueName: string): string | Promise<string> {
  const { id, scheduleMs, dispatchDeadlineMs, retry } = push;
  const body = utf8(push.body);
  const fields = JSON.stringify({
    name: id && `${queueName}/tasks/${id}`,
    scheduleTime: scheduleMs === undefined ? undefined : new Date(scheduleMs).toISOString(),
    dispatchDeadline: dispatchDeadlineMs === undefined ? undefined : durationJson(dispatchDeadlineMs),
    retryConfig: retry && taskRetryConfig(retry),
  });
  const comma = fields === "{}" ? "" : ",";
  const tail = `"task":${fields.slice(0, -1)}${comma}${requestStart(push)}${base64(body)}"}}}`;
  const checking = tail.length > SURELY_ACCEPTED ? checkLimits(push, queueName, body.length) : undefined;
  return checking === undefined ? tail : checking.then(() => tail);
}

type TaskRequest = Pick<CreatedPush, "url" | "headers" | "appEngine" | "oidcToken">;

/** The start of the JSON of a request, and the values in it. */
type RequestStart = TaskRequest & { readonly start: string };

/** The starts of the latest tasks. Tasks of a definition differ in their bodies, and usually in nothing else. */
const recent: RequestStart[] = [];
const MAX_RECENT = 8;

/** Returns the JSON of a task's request, up to the content of its body, which is the last field. */
function requestStart(request: TaskRequest): string {
  const { url, headers, appEngine, oidcToken } = request;
  for (const each of recent) {
    const isSame =
      each.headers === headers && each.url === url && each.appEngine === appEngine && each.oidcToken === oidcToken;
    if (isSame) return each.start;
  }
  const start = createStart(request);
  if (recent.length === MAX_RECENT) recent.shift();
  recent.push({ url, headers, appEngine, oidcToken, start });
  return start;
}

function createStart({ url, headers, appEngine, oidcToken }: TaskRequest): string {
  const rest = { httpMethod: "POST", headers, oidcToken, body: "" };
  const request = appEngine
    ? { appEngineHttpRequest: { relativeUri: appEngine.relativeUri, appEngineRouting: appEngine.routing, ...rest } }
    : { httpRequest: { url, ...rest } };
  return JSON.stringify(request).slice(1, -'"}}'.length);
}

/**
 * JSON of this length is far below the limits: its strings are stored with 3 bytes per character at most. The exact sizes take
 * longer to compute than everything else in a push.
 */
const SURELY_ACCEPTED = 64 * 1024;

/** Checks the exact sizes. Few tasks need it, so the code is imported late. */
function checkLimits(push: CreatedPush, queueName: string, bodyBytes: number): void | Promise<void> {
  const code = loadLimits();
  if (code instanceof Promise) return code.then(({ checkTask }) => checkTask(push, queueName, bodyBytes));
  code.checkTask(push, queueName, bodyBytes);
}

const loadLimits: Late<typeof import("./task-limits.ts")> = /* @__PURE__ */ late(() => import("./task-limits.ts"));

/** Returns the full resource name of the push's queue. */
export function queueNameOf({ route, queue, task, signal }: PreparedPush): string | Promise<string> {
  return route.queueName(queue, { subject: `Could not push "${task}" to the queue ${queue}`, signal });
}
