import { create } from "@bufbuild/protobuf";
import { type Task, type Task_View, TaskSchema } from "../../gen/google/cloud/tasks/v2/task_pb.ts";
import { retryConfigOf } from "../retry-message.ts";
import { payloadInit, taskParts } from "../task-parts.ts";
import type { ShownTask } from "../task-service.ts";
import type { TaskWish } from "../task-wish.ts";

/** A task as v2 shows it. */
export function taskMessage({ record, request }: ShownTask, view: Task_View): Task {
  return create(TaskSchema, {
    ...taskParts(record, view),
    messageType: payloadInit(request, view, record.queue),
    ...(record.retry && { retryConfig: retryConfigOf(record.retry) }),
  });
}

/** What a v2 request says about a task. */
export function taskWish({ name, messageType, scheduleTime, dispatchDeadline, retryConfig }: Task): TaskWish {
  return { name, payload: messageType, scheduleTime, dispatchDeadline, retryConfig };
}
