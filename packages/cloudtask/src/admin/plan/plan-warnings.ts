import type { QueueUse } from "../../client/queues/queue-uses.ts";
import type { CheckedQueue } from "../../core/check-queues.ts";
import { DEFAULT_RETRY } from "../../core/retry-settings.ts";
import type { Queue } from "../queues/queue.ts";
import type { PlanStep } from "./plan-steps.ts";

/** The queues of a location after a plan was applied. */
export interface PlannedQueues {
  /** The described queues, with numbered queues in place of those with shards. */
  readonly described: ReadonlyMap<string, CheckedQueue>;
  /** The queues that exist now and are not deleted. */
  readonly kept: ReadonlyMap<string, Queue>;
}

/** Returns the consequences of the deletions in a plan. */
export function deletionWarnings(steps: readonly PlanStep[]): readonly string[] {
  const deletions = steps.map(({ change }) => change).filter((change) => change.action === "delete");
  if (deletions.length === 0) return [];
  const withTasks = deletions.filter(({ tasksCount }) => tasksCount !== 0);
  return [
    ...withTasks.map(({ queue, tasksCount }) => {
      const count = tasksCount === undefined ? "all its tasks" : `${tasksCount} ${tasksCount === 1 ? "task" : "tasks"}`;
      return `Deleting the queue ${queue} also deletes ${count}.`;
    }),
    `Cloud Tasks rejects a queue with the name of a deleted one for up to 7 days: ${deletions.map(({ queue }) => queue).join(", ")}.`,
  ];
}

/** Returns the problems that the definitions of a client will have with the queues. */
export function warningsOfUses(uses: readonly QueueUse[], queues: PlannedQueues): readonly string[] {
  const warnings = uses.flatMap((use) => [
    ...missingQueue(use, queues),
    ...unsafeDeadLetter(use, queues),
    ...earlyEnd(use, queues),
  ]);
  return [...new Set(warnings)];
}

function exists(queue: string, { described, kept }: PlannedQueues): boolean {
  return described.has(queue) || kept.has(queue);
}

function missingQueue({ definition, queues: used }: QueueUse, queues: PlannedQueues): readonly string[] {
  const missing = used.filter((queue) => !exists(queue, queues));
  const [first, ...rest] = missing;
  if (first === undefined) return [];
  return rest.length === 0
    ? [`"${definition}" pushes to the queue ${first}, which is not described and will not exist.`]
    : [
        `"${definition}" pushes to the queues ${first} to ${rest.at(-1)}, ${missing.length} of which are not described and will not exist.`,
      ];
}

function unsafeDeadLetter({ definition, deadLetter }: QueueUse, queues: PlannedQueues): readonly string[] {
  if (deadLetter === undefined) return [];
  const subject = `The queue ${deadLetter}, which keeps the discarded tasks of "${definition}",`;
  if (!exists(deadLetter, queues)) return [`${subject} is not described and will not exist.`];
  const paused = queues.described.get(deadLetter)?.paused ?? queues.kept.get(deadLetter)?.state === "paused";
  return paused ? [] : [`${subject} will not be paused: Cloud Tasks would deliver the tasks again.`];
}

/** A queue deletes a task at its own maximum. No worker takes part in that, so there is no dead letter. */
function earlyEnd(use: QueueUse, planned: PlannedQueues): readonly string[] {
  const { definition, queues, deadLetter, maxAttempts = 0, hasRetry } = use;
  const limits = queues.map((queue) => ({ queue, most: maxAttemptsOf(queue, planned) }));
  const [lowest] = limits.filter(({ most }) => most !== -1).sort((a, b) => a.most - b.most);
  if (lowest === undefined) return [];
  const { queue, most } = lowest;
  if (!hasRetry && deadLetter !== undefined) {
    return [
      `"${definition}" has a dead-letter queue but no retry settings. After the ${most} attempts of the queue ${queue}, Cloud Tasks ` +
        "deletes its tasks without a dead letter. Set `retry.maxAttempts` of the definition or the client.",
    ];
  }
  if (maxAttempts !== -1 && maxAttempts <= most) return [];
  const own = maxAttempts === -1 ? "unlimited attempts" : maxAttempts;
  return [
    `The queue ${queue} ends tasks after ${most} attempts, "${definition}" after ${own}. Tasks without retry settings of their own, ` +
      "which other programs or earlier versions created, are deleted after the attempts of the queue, without a dead letter.",
  ];
}

function maxAttemptsOf(queue: string, { described, kept }: PlannedQueues): number {
  return described.get(queue)?.retry?.maxAttempts ?? kept.get(queue)?.retry.maxAttempts ?? DEFAULT_RETRY.maxAttempts;
}
