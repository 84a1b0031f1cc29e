import { create } from "@bufbuild/protobuf";
import { type Task, type Task_View, TaskSchema } from "../../gen/google/cloud/tasks/v2/task_pb.ts";
import { retryConfigOf } from "../retry-message.ts";
import type { TaskInput } from "../tasks/task-input.ts";
import { payloadInit, taskParts } from "../tasks/task-parts.ts";
import type { TaskWithRequest } from "../tasks/task-service.ts";

/** The v2 message of a task. */
export function taskMessage({ record, request }: TaskWithRequest, view: Task_View): Task {
  const task = taskParts(record, view);
  task.messageType = payloadInit(request, view, record.queue);
  if (record.retry) task.retryConfig = retryConfigOf(record.retry);
  return create(TaskSchema, task);
}

/** Reads the task of a v2 request. */
export function taskInput({ name, messageType, scheduleTime, dispatchDeadline, retryConfig }: Task): TaskInput {
  return { name, payload: messageType, scheduleTime, dispatchDeadline, retryConfig };
}
