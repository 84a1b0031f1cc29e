/**
 * A reserved name of a task. A worker answers a delivery of it with success after it has authenticated the caller, without running
 * a handler. `cloudtask doctor --deliver` pushes such a task.
 */
export const PING_TASK = "cloudtask-ping";
