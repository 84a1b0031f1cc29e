import { create } from "@bufbuild/protobuf";
import { type Task, type Task_View, TaskSchema } from "../../gen/google/cloud/tasks/v2beta3/task_pb.ts";
import type { MessageInit } from "../message-init.ts";
import { retryConfigOf } from "../retry-message.ts";
import type { TaskInput } from "../tasks/task-input.ts";
import { payloadInit, taskParts } from "../tasks/task-parts.ts";
import type { TaskWithRequest } from "../tasks/task-service.ts";

/** The v2beta3 message of a task. */
export function taskMessage({ record, request }: TaskWithRequest, view: Task_View): Task {
  // The enums have the same numbers in both versions.
  const task = taskParts(record, Number(view)) as MessageInit<typeof TaskSchema>;
  task.payloadType = payloadInit(request, Number(view), record.queue) as Task["payloadType"];
  if (record.retry) task.retryConfig = retryConfigOf(record.retry);
  return create(TaskSchema, task);
}

/** Reads the task of a v2beta3 request. */
export function taskInput({ name, payloadType, scheduleTime, dispatchDeadline, retryConfig }: Task): TaskInput {
  return { name, payload: payloadType, scheduleTime, dispatchDeadline, retryConfig };
}
