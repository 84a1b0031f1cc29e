import type { QueueUse } from "cloudtask/internal/cli";
import { type Check, type Finding, ok, skipped, warning } from "../check.ts";
import type { Facts } from "../facts.ts";
import { worst } from "../worst.ts";

/** Cloud Tasks has this default if the API leaves the field out. */
const DEFAULT_ATTEMPTS = 100;

/**
 * Whether the queue ends tasks before the worker can discard them. A task with `retry` settings carries its own limits. The others get
 * those of the queue, at which Cloud Tasks deletes them without `onDiscard` and without a dead letter.
 */
export const attemptsCheck: Check = {
  id: "attempts",
  needs: "roles/cloudtasks.viewer",
  run: async (facts) => {
    const { uses, queues } = facts.setup;
    if (!uses) return skipped("the definitions are unknown: pass --client");
    const pairs = uses.flatMap((use) => use.queues.filter((id) => queues.includes(id)).map((id) => ({ use, id })));
    if (pairs.length === 0) return skipped("the client has no definitions for these queues");
    return worst(await Promise.all(pairs.map(({ use, id }) => judge(use, id, facts))));
  },
};

async function judge(
  { definition, deadLetter, hasRetry, maxAttempts }: QueueUse,
  id: string,
  facts: Facts,
): Promise<Finding> {
  const most = (await facts.queue(id)).retryConfig?.maxAttempts ?? DEFAULT_ATTEMPTS;
  if (most === -1 || (hasRetry && maxAttempts !== -1 && (maxAttempts ?? 0) <= most)) {
    return ok("the worker ends tasks before the queue does");
  }
  if (hasRetry) {
    const own = maxAttempts === -1 ? "without a limit" : `up to ${maxAttempts} times`;
    return warning(
      `"${definition}" runs ${own}, but the queue ${id} deletes tasks without retry settings of their own after ${most} attempts`,
      `raise max-attempts of the queue, if other programs or older versions push "${definition}"`,
    );
  }
  if (deadLetter !== undefined) {
    return warning(
      `"${definition}" has a dead-letter queue but no \`retry\`: after ${most} attempts, the queue ${id} deletes its tasks without a dead letter`,
      `set \`retry: { maxAttempts: ${most} }\` on the definition or the client`,
    );
  }
  return ok(`definitions without \`retry\` get the ${most} attempts of the queue ${id}`);
}
