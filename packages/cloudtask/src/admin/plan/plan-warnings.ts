import type { PlanStep } from "./plan-steps.ts";

/** Returns consequences of a plan that its changes do not show. */
export function planWarnings(steps: readonly PlanStep[]): readonly string[] {
  const deleted = steps.map(({ change }) => change).filter(({ action }) => action === "delete");
  return [...deletionWarnings(deleted.map(({ queue }) => queue)), ...taskWarnings(steps)];
}

function deletionWarnings(queues: readonly string[]): readonly string[] {
  if (queues.length === 0) return [];
  return [`Cloud Tasks rejects a queue with the name of a deleted one for up to 7 days: ${queues.join(", ")}.`];
}

function taskWarnings(steps: readonly PlanStep[]): readonly string[] {
  return steps.flatMap(({ change }) => {
    if (change.action !== "delete" || change.tasksCount === 0) return [];
    const count = change.tasksCount === undefined ? "all its" : change.tasksCount;
    return [`Deleting the queue ${change.queue} also deletes ${count} tasks.`];
  });
}
