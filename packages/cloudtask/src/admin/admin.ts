/**
 * The management API: lists and changes queues and tasks, in Cloud Tasks or the emulator.
 *
 * @module
 */
export type { CallOptions, QueueRef } from "./admin-context.ts";
export { type Admin, type AdminOptions, createAdmin } from "./create-admin.ts";
export type { Queue, QueueState, QueueStats } from "./queues/queue.ts";
export type { ListQueuesOptions, QueueAdmin } from "./queues/queue-admin.ts";
export type { RetryConfig } from "./retry-config.ts";
export type { QueuedTask, QueuedTaskAttempt, QueuedTaskRequest } from "./tasks/queued-task.ts";
export type { TaskAdmin, TaskView, ViewOptions } from "./tasks/task-admin.ts";
export type { TaskRef } from "./tasks/task-ref.ts";
