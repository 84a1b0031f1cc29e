import { notAttempted, type TaskRecord, type TaskRequest } from "../../../engine/records.ts";
import { Task_View } from "../../../gen/google/cloud/tasks/v2/task_pb.ts";
import type { Services } from "../../../service/services.ts";
import { taskInput, taskMessage } from "../../../service/v2/task-message.ts";

/** A task to create from another one. */
export interface TaskCopy {
  readonly queue: string;
  /** Empty for a generated id. */
  readonly id: string;
  /** `undefined` for now. */
  readonly scheduledAt: number | undefined;
  /** `undefined` for the default. */
  readonly deadlineMs: number | undefined;
  readonly retry: TaskRecord["retry"];
  readonly request: TaskRequest;
}

/**
 * Creates a task like CreateTask, with all its checks.
 *
 * @returns the full name of the task, after it is stored
 * @throws RpcError if CreateTask would reject it
 */
export async function createCopy({ tasks }: Pick<Services, "tasks">, copy: TaskCopy): Promise<string> {
  const { queue, id, scheduledAt, deadlineMs, retry, request } = copy;
  const record: TaskRecord = {
    ...emptyRecord,
    queue,
    id,
    retry,
    scheduledAt: scheduledAt ?? 0,
    deadlineMs: deadlineMs ?? 0,
  };
  const input = taskInput(taskMessage({ record, request }, Task_View.FULL));
  const { record: created } = await tasks.createTask(queue, {
    ...input,
    name: id === "" ? "" : `${queue}/tasks/${id}`,
    scheduleTime: scheduledAt === undefined ? undefined : input.scheduleTime,
    dispatchDeadline: deadlineMs === undefined ? undefined : input.dispatchDeadline,
  });
  return `${queue}/tasks/${created.id}`;
}

const emptyRecord: Omit<TaskRecord, "queue" | "id" | "retry" | "scheduledAt" | "deadlineMs"> = {
  ...notAttempted,
  named: false,
  sequence: 0,
  createdAt: 0,
  definition: undefined,
  isDeadLetter: false,
};
