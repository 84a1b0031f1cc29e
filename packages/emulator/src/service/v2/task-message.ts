import { create } from "@bufbuild/protobuf";
import { type Task, type Task_View, TaskSchema } from "../../gen/google/cloud/tasks/v2/task_pb.ts";
import { retryConfigOf } from "../retry-message.ts";
import type { TaskInput } from "../tasks/task-input.ts";
import { payloadInit, taskParts } from "../tasks/task-parts.ts";
import type { ShownTask } from "../tasks/task-service.ts";

/** A task as v2 shows it. */
export function taskMessage({ record, request }: ShownTask, view: Task_View): Task {
  return create(TaskSchema, {
    ...taskParts(record, view),
    messageType: payloadInit(request, view, record.queue),
    ...(record.retry && { retryConfig: retryConfigOf(record.retry) }),
  });
}

/** What a v2 request says about a task. */
export function taskInput({ name, messageType, scheduleTime, dispatchDeadline, retryConfig }: Task): TaskInput {
  return { name, payload: messageType, scheduleTime, dispatchDeadline, retryConfig };
}
