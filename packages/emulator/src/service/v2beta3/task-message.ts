import { create } from "@bufbuild/protobuf";
import { type Task, type Task_View, TaskSchema } from "../../gen/google/cloud/tasks/v2beta3/task_pb.ts";
import type { MessageInit } from "../message-init.ts";
import { retryConfigOf } from "../retry-message.ts";
import type { TaskInput } from "../tasks/task-input.ts";
import { payloadInit, taskParts } from "../tasks/task-parts.ts";
import type { ShownTask } from "../tasks/task-service.ts";

/** A task as v2beta3 shows it. */
export function taskMessage({ record, request }: ShownTask, view: Task_View): Task {
  return create(TaskSchema, {
    // The enums in it have the same numbers in both versions.
    ...(taskParts(record, Number(view)) as MessageInit<typeof TaskSchema>),
    payloadType: payloadInit(request, Number(view), record.queue) as Task["payloadType"],
    ...(record.retry && { retryConfig: retryConfigOf(record.retry) }),
  });
}

/** What a v2beta3 request says about a task. */
export function taskInput({ name, payloadType, scheduleTime, dispatchDeadline, retryConfig }: Task): TaskInput {
  return { name, payload: payloadType, scheduleTime, dispatchDeadline, retryConfig };
}
