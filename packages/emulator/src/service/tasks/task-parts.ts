import { create } from "@bufbuild/protobuf";
import { taskName } from "../../engine/engine-state.ts";
import type {
  AppEngineTaskRequest,
  AttemptRecord,
  HttpTaskRequest,
  TaskRecord,
  TaskRequest,
} from "../../engine/records.ts";
import type { AppEngineHttpRequestSchema, HttpRequestSchema } from "../../gen/google/cloud/tasks/v2/target_pb.ts";
import { type AttemptSchema, type Task, Task_View, TaskSchema } from "../../gen/google/cloud/tasks/v2/task_pb.ts";
import { authorizationHeader } from "../authorization.ts";
import { methodNumber } from "../http-methods.ts";
import type { MessageInit } from "../message-init.ts";
import { routingMessage } from "../queues/queue-parts.ts";
import { durationOf, timestampOf } from "../times.ts";
import { attemptStatus } from "./attempt-status.ts";

type AttemptInit = MessageInit<typeof AttemptSchema>;

/** The request of a task as a message of either version contains it. */
export type PayloadInit =
  | { readonly case: "httpRequest"; readonly value: MessageInit<typeof HttpRequestSchema> }
  | { readonly case: "appEngineHttpRequest"; readonly value: MessageInit<typeof AppEngineHttpRequestSchema> };

const noBody = new Uint8Array();

/** The fields of a task that are equal in both versions: all except the request, whose field has different names. */
export function taskParts(record: TaskRecord, view: Task_View): MessageInit<typeof TaskSchema> {
  const parts = storedParts(record);
  parts.dispatchCount = record.dispatchCount;
  parts.responseCount = record.executionCount;
  parts.view = shownView(view);
  if (record.firstDispatchedAt !== undefined)
    parts.firstAttempt = { dispatchTime: timestampOf(record.firstDispatchedAt) };
  if (record.lastAttempt) parts.lastAttempt = attemptInit(record.lastAttempt);
  return parts;
}

/** The request of a task. BASIC, also the meaning of an unspecified view, leaves the body out. */
export function payloadInit(request: TaskRequest, view: Task_View, queue: string): PayloadInit {
  const body = isFull(view) ? request.body : noBody;
  return request.kind === "http"
    ? { case: "httpRequest", value: httpRequestInit(request, body) }
    : { case: "appEngineHttpRequest", value: appEngineInit(request, body, queue) };
}

/** A task as the size limit measures it: without attempts and without a view. */
export function storedTask(record: TaskRecord, request: TaskRequest): Task {
  return create(TaskSchema, {
    ...storedParts(record),
    messageType: payloadInit(request, Task_View.FULL, record.queue),
  });
}

function storedParts(record: TaskRecord): MessageInit<typeof TaskSchema> {
  return {
    name: taskName(record.queue, record.id),
    scheduleTime: timestampOf(record.scheduledAt),
    createTime: timestampOf(record.createdAt),
    dispatchDeadline: durationOf(record.deadlineMs),
  };
}

function httpRequestInit(request: HttpTaskRequest, body: Uint8Array): MessageInit<typeof HttpRequestSchema> {
  return {
    url: request.url,
    httpMethod: methodNumber(request.method),
    headers: request.headers,
    body,
    ...(request.authorization && { authorizationHeader: authorizationHeader(request.authorization) }),
  };
}

function appEngineInit(
  request: AppEngineTaskRequest,
  body: Uint8Array,
  queue: string,
): MessageInit<typeof AppEngineHttpRequestSchema> {
  return {
    httpMethod: methodNumber(request.method),
    appEngineRouting: routingMessage(request.routing, queue),
    relativeUri: request.relativeUri,
    headers: request.headers,
    body,
  };
}

function attemptInit({ scheduledAt, dispatchedAt, finishedAt, status }: AttemptRecord): AttemptInit {
  return {
    scheduleTime: timestampOf(scheduledAt),
    ...(dispatchedAt !== undefined && { dispatchTime: timestampOf(dispatchedAt) }),
    ...(finishedAt !== undefined && { responseTime: timestampOf(finishedAt), responseStatus: attemptStatus(status) }),
  };
}

/** BASIC is the default. A view that the API does not know is shown as unspecified. */
function shownView(view: Task_View): Task_View {
  if (view === Task_View.VIEW_UNSPECIFIED) return Task_View.BASIC;
  return Task_View[view] === undefined ? Task_View.VIEW_UNSPECIFIED : view;
}

/** The view of ListTasks. Unlike in the other calls, a view that the API does not know is shown as BASIC. */
export function listView(view: number): Task_View {
  return Task_View[view] === undefined ? Task_View.BASIC : view;
}

function isFull(view: Task_View): boolean {
  return view === Task_View.FULL;
}
