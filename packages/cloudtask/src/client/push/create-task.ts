import { base64, utf8 } from "../../core/base64.ts";
import { durationJson } from "../../core/duration.ts";
import { abortedError } from "../../core/errors/aborted-error.ts";
import { ApiError } from "../../core/errors/api-error.ts";
import { hasCode } from "../../core/errors/has-code.ts";
import { type Late, late } from "../../core/late.ts";
import { printable } from "../../core/printable.ts";
import { lastSegment } from "../../core/resource-name.ts";
import { taskRetryConfig } from "../../core/task-retry.ts";
import type { ApiAnswer } from "../../transport/transport.ts";
import { CLOCK_ALLOWANCE_MS } from "./limits.ts";
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

/** The fields of the API's `Task` that a push reads. */
interface CreatedTask {
  readonly name?: string;
  readonly scheduleTime?: string;
  readonly createTime?: string;
}

/** A created task, as its push reports it. */
interface ConfirmedTask {
  readonly name: string;
  /** The time of the task, in milliseconds since the epoch, if the answer contains it. */
  readonly scheduleMs: number | undefined;
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
    (error: unknown) => existingTask(error, push, queueName),
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

/** Returns the result of a push whose task exists already. Throws any other error of a create. */
function existingTask(error: unknown, push: PreparedPush, queueName: string): PushResult | Promise<PushResult> {
  const taken = hasCode(error, "API_ERROR") && error.status === "ALREADY_EXISTS" && push.id !== undefined;
  if (!taken) {
    traceFailure(push.trace, error);
    throw error;
  }
  const result = resultOf(push, queueName, {});
  // A random name can only be taken by an earlier attempt of this push.
  return push.named ? withAge(result, push) : result;
}

async function withAge(result: PushResult, push: PreparedPush): Promise<PushResult> {
  return { ...result, deduplicated: await existedBefore(result.name, push) };
}

/**
 * Checks a task as a push would, and returns the result that the push is expected to have. For pushes that are sent later, or not
 * to Cloud Tasks.
 *
 * @throws LimitError if Cloud Tasks would reject the task
 */
export async function expectedResult(push: PreparedPush): Promise<PushResult> {
  const id = push.id ?? randomDecimalId();
  const queueName = await queueNameOf(push);
  // Its checks must fail now, and not when the push is sent.
  await createTaskJson(push, queueName);
  return resultOf({ ...push, id }, queueName, {});
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

/**
 * Checks whether the task existed before this push. That is certain if no earlier attempt of this push may have created the task.
 * Otherwise the age of the task decides.
 */
async function existedBefore(name: string, push: PreparedPush): Promise<boolean> {
  if (!push.trace.mayExist) return true;
  const call = { method: "GET", path: name, action: `get ${name}`, signal: push.signal, once: true } as const;
  try {
    const { createTime = "" } = (await push.route.transport.call(call)).body as CreatedTask;
    // `createTime` is truncated to whole seconds, so a task looks up to one second older than it is.
    return Date.parse(createTime) < push.nowMs - CLOCK_ALLOWANCE_MS;
  } catch {
    // The task has already run, or the permission to read it is missing. Most likely an earlier attempt of this push created it.
    return false;
  }
}

/**
 * Returns the task in an answer. A success that a proxy between this process and the API answered must not count as a created
 * task.
 *
 * @param action - the call, for the message: `push "…" to …`
 * @throws ApiError if the answer contains no task
 */
export function confirmedTask(body: unknown, action: string): ConfirmedTask {
  const { name, scheduleTime } = Object(body) as CreatedTask;
  const hasName = typeof name === "string" && name !== "";
  const scheduleMs = timeIn(scheduleTime);
  if (hasName && !Number.isNaN(scheduleMs)) return { name, scheduleMs };
  const problem = hasName
    ? `the answer contains the invalid scheduleTime ${printable(scheduleTime)}. The task may have been created.`
    : "the answer contains no task name, so nothing confirms that the task was created.";
  const message = `Could not ${action}: ${problem} Check that the address belongs to the Cloud Tasks API.`;
  throw new ApiError(message, { status: "UNKNOWN", httpStatus: 200, apiMessage: "" });
}

/** Returns `NaN` for an invalid time. */
function timeIn(time: unknown): number | undefined {
  return time === undefined ? undefined : Date.parse(typeof time === "string" ? time : "");
}

function resultOf(push: PreparedPush, queueName: string, task: Partial<ConfirmedTask>): PushResult {
  const name = task.name ?? `${queueName}/tasks/${push.id ?? ""}`;
  return {
    name,
    id: lastSegment(name),
    queue: push.queue,
    scheduleTime: new Date(task.scheduleMs ?? push.scheduleMs ?? push.nowMs),
    deduplicated: false,
  };
}

/** The form of the ids that Cloud Tasks generates. */
function randomDecimalId(): string {
  return crypto.getRandomValues(new BigUint64Array(1)).join("");
}
