import { errorMessage } from "../../core/error-message.ts";
import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import type { QueueChange } from "./queue-change.ts";

/**
 * Thrown by `plan.apply()` if a change failed. The changes before it were applied, and the changes after it were not tried. The error of the
 * failed change is the `cause`. After fixing it, create a new plan: it contains only the changes that are still missing.
 *
 * @example
 * ```ts
 * if (error instanceof PlanError) console.error(error.message, error.pending.length);
 * ```
 */
export class PlanError extends CloudTaskError {
  override readonly name = "PlanError";
  declare readonly code: "PLAN_FAILED";
  /** The changes that were applied, in order. */
  readonly applied: readonly QueueChange[];
  /** The change that failed. It may have been carried out if its answer was lost. */
  readonly failed: QueueChange;
  /** The changes that were not tried. */
  readonly pending: readonly QueueChange[];

  constructor(
    changes: {
      readonly applied: readonly QueueChange[];
      readonly failed: QueueChange;
      readonly pending: readonly QueueChange[];
    },
    cause: unknown,
  ) {
    super("PLAN_FAILED", messageOf(changes, cause), { cause });
    this.applied = changes.applied;
    this.failed = changes.failed;
    this.pending = changes.pending;
  }
}

function messageOf(
  { applied, failed, pending }: Pick<PlanError, "applied" | "failed" | "pending">,
  cause: unknown,
): string {
  return (
    `Could not apply the plan: the change "${labelOf(failed)}" failed: ${errorMessage(cause)} Applied before it: ` +
    `${labelsOf(applied)}. Not applied: ${labelsOf([failed, ...pending])}. Create a new plan to apply the rest.`
  );
}

function labelsOf(changes: readonly QueueChange[]): string {
  return changes.length === 0 ? "nothing" : changes.map(labelOf).join(", ");
}

function labelOf({ action, queue }: QueueChange): string {
  return `${action} ${queue}`;
}
