import { type QueueUses, queueUsesOf } from "../../client/queues/queue-uses.ts";
import { checkBoolean, checkFunction, rejectUnknownOptions } from "../../core/check-options.ts";
import { type CheckedQueues, checkQueues, expandShards } from "../../core/check-queues.ts";
import { abortedError } from "../../core/errors/aborted-error.ts";
import type { QueuesInput } from "../../core/queue-settings.ts";
import { optionPosition } from "../../core/setting-position.ts";
import type { AdminContext } from "../admin-context.ts";
import { listQueues } from "../queues/list-queues.ts";
import type { Queue } from "../queues/queue.ts";
import { applyStep } from "./apply-step.ts";
import type { ApplyOptions, Plan, PlanOptions } from "./plan.ts";
import { PlanError } from "./plan-error.ts";
import { type PlanStep, planSteps } from "./plan-steps.ts";
import { planText } from "./plan-text.ts";
import { deletionWarnings, warningsOfUses } from "./plan-warnings.ts";
import type { QueueChange } from "./queue-change.ts";

/** Compares described queues with those of the location. */
export async function createPlan(
  context: AdminContext,
  queues: QueuesInput | undefined,
  options: PlanOptions,
): Promise<Plan> {
  const subject = "admin.queues.plan()";
  rejectUnknownOptions(options, ["prune", "signal"], subject);
  const { signal } = options;
  const prune = checkBoolean(options.prune ?? false, `${subject}: prune`);
  const uses = queueUsesOf(context.registry);
  const described = expandShards(describedQueues(queues, uses, subject));
  const location = await context.location("Could not plan the queues", options);
  const existing = new Map<string, Queue>();
  for await (const queue of listQueues(context, location, { stats: prune, signal })) existing.set(queue.id, queue);
  const steps = planSteps(described, existing, prune);
  const changes = steps.map(({ change }) => change);
  const unmanaged = prune ? [] : [...existing.keys()].filter((id) => !described.has(id));
  const kept = new Map([...existing].filter(([id]) => !prune || described.has(id)));
  const warnings = [...deletionWarnings(steps), ...warningsOfUses(uses?.list() ?? [], { described, kept })];
  let applied = false;
  return {
    location,
    changes,
    unmanaged,
    warnings,
    isEmpty: changes.length === 0,
    toString: () => planText({ location, changes, unmanaged, warnings }),
    async apply(applyOptions = {}) {
      rejectUnknownOptions(applyOptions, ["onProgress", "signal"], "plan.apply()");
      checkFunction(applyOptions.onProgress, "plan.apply(): onProgress");
      if (applied) throw new TypeError("plan.apply(): this plan was applied before; create a new one");
      applied = true;
      return applySteps(context, location, steps, applyOptions);
    },
  };
}

function describedQueues(queues: QueuesInput | undefined, uses: QueueUses | undefined, subject: string): CheckedQueues {
  if (queues !== undefined) return checkQueues(queues, optionPosition(subject));
  if (uses?.described !== undefined) return uses.described;
  throw new TypeError(`${subject}: pass a description of the queues, or set the option \`queues\` of the client`);
}

async function applySteps(
  context: AdminContext,
  location: string,
  steps: readonly PlanStep[],
  { signal, onProgress }: ApplyOptions,
): Promise<readonly QueueChange[]> {
  const applied: QueueChange[] = [];
  for (const step of steps) {
    const { change } = step;
    try {
      if (signal?.aborted)
        throw abortedError(`Could not ${change.action} ${change.queue}`, signal, "Nothing was sent.");
      await applyStep(context, location, step, { signal });
    } catch (error) {
      const pending = steps.slice(applied.length + 1).map((each) => each.change);
      throw new PlanError({ applied, failed: change, pending }, error);
    }
    applied.push(change);
    onProgress?.({ change, done: applied.length, total: steps.length });
  }
  return applied;
}
