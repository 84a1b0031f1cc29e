/** The commands of `cloudtask queues`. They are loaded together when one runs. */

export { createQueue, deleteQueue, pauseQueue, purgeQueue, resumeQueue, updateQueue } from "./change-queue.ts";
export { exportQueues } from "./export-queues.ts";
export { applyQueues, planQueues } from "./run-plan.ts";
export { describeQueue, listQueues } from "./show-queues.ts";
