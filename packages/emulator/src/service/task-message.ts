import { create } from "@bufbuild/protobuf";
import { taskName } from "../engine/engine-state.ts";
import type { AttemptRecord, TaskRecord, TaskRequest } from "../engine/records.ts";
import { HttpMethod, type HttpMethod as Method } from "../gen/google/cloud/tasks/v2/target_pb.ts";
import { type Attempt, AttemptSchema, type Task, Task_View, TaskSchema } from "../gen/google/cloud/tasks/v2/task_pb.ts";
import { StatusSchema } from "../gen/google/rpc/status_pb.ts";
import { attemptStatus } from "./attempt-status.ts";
import { durationOf, timestampOf } from "./times.ts";

/** The names of HttpMethod that can be sent. */
type HttpMethodName = Exclude<keyof typeof HttpMethod, "HTTP_METHOD_UNSPECIFIED">;

/** @returns the method's name, POST where it is not set; undefined where it is none */
export function methodName(method: Method): string | undefined {
  return method === HttpMethod.HTTP_METHOD_UNSPECIFIED ? "POST" : HttpMethod[method];
}

/** A task as the API shows it. BASIC withholds the body and is what an unspecified view means. */
export function taskMessage(record: TaskRecord, request: TaskRequest, view: Task_View): Task {
  const isFull = view === Task_View.FULL;
  const task = storedTask(record, isFull ? request : { ...request, body: new Uint8Array() });
  task.dispatchCount = record.dispatchCount;
  task.responseCount = record.responseCount;
  task.view = isFull ? Task_View.FULL : Task_View.BASIC;
  if (record.firstDispatchedAt !== undefined) {
    task.firstAttempt = create(AttemptSchema, { dispatchTime: timestampOf(record.firstDispatchedAt) });
  }
  if (record.lastAttempt) task.lastAttempt = attemptMessage(record.lastAttempt);
  return task;
}

/** A task as it is stored, without what attempts have left and without a view: what the size limit measures. */
export function storedTask(record: TaskRecord, request: TaskRequest): Task {
  return create(TaskSchema, {
    name: taskName(record.queue, record.id),
    scheduleTime: timestampOf(record.scheduledAt),
    createTime: timestampOf(record.createdAt),
    dispatchDeadline: durationOf(record.deadlineMs),
    messageType: {
      case: "httpRequest",
      value: {
        url: request.url,
        httpMethod: HttpMethod[request.method as HttpMethodName],
        headers: request.headers,
        body: request.body,
        ...(request.oidc && { authorizationHeader: { case: "oidcToken" as const, value: request.oidc } }),
      },
    },
  });
}

function attemptMessage({ scheduledAt, dispatchedAt, finishedAt, status }: AttemptRecord): Attempt {
  const attempt = create(AttemptSchema, {
    scheduleTime: timestampOf(scheduledAt),
    dispatchTime: timestampOf(dispatchedAt),
  });
  if (finishedAt !== undefined) {
    attempt.responseTime = timestampOf(finishedAt);
    attempt.responseStatus = create(StatusSchema, attemptStatus(status));
  }
  return attempt;
}
