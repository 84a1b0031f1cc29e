/**
 * The management API: lists and changes queues and tasks, in Cloud Tasks or the emulator.
 *
 * @module
 */
export type { QueueRouting, QueueSettings, Queues, QueueTarget } from "../core/queue-settings.ts";
export type { CallOptions, QueueRef } from "./admin-context.ts";
export { type Admin, type AdminOptions, createAdmin } from "./create-admin.ts";
export type { DeadLetter } from "./dead-letters/dead-letter.ts";
export type {
  DeadLetterAdmin,
  DeleteDeadLettersOptions,
  ListDeadLettersOptions,
} from "./dead-letters/dead-letter-admin.ts";
export type { DeadLetterMatch } from "./dead-letters/dead-letter-match.ts";
export type { FailedRedrive, RedriveOptions, RedriveProgress, RedriveResult } from "./dead-letters/redrive-options.ts";
export type { ApplyOptions, ApplyProgress, Plan, PlanOptions } from "./plan/plan.ts";
export { PlanError } from "./plan/plan-error.ts";
export type { QueueChange, QueueFieldChange } from "./plan/queue-change.ts";
export type { ListQueuesOptions } from "./queues/list-queues.ts";
export type { OneQueueSettings } from "./queues/one-queue-settings.ts";
export type { Queue, QueueState, QueueStats } from "./queues/queue.ts";
export type { QueueAdmin } from "./queues/queue-admin.ts";
export type { QueueFieldName, QueueFieldValue } from "./queues/queue-field.ts";
export type { QueueShards } from "./queues/queue-shards.ts";
export type { StoredTarget } from "./queues/queue-target.ts";
export { readQueues } from "./queues/read-queues.ts";
export type { RetryConfig } from "./retry-config.ts";
export type { DeleteManyOptions, DeleteManyProgress, DeleteManyResult } from "./tasks/delete-many.ts";
export { DeleteManyError, type FailedDelete } from "./tasks/delete-many-error.ts";
export type { ListTasksOptions } from "./tasks/list-tasks.ts";
export type { QueuedTask, QueuedTaskAttempt, QueuedTaskRequest } from "./tasks/queued-task.ts";
export type { TaskAdmin } from "./tasks/task-admin.ts";
export type { TaskRef } from "./tasks/task-ref.ts";
export type { TaskView, ViewOptions } from "./tasks/task-view.ts";
