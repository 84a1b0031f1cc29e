import type { AttemptFacts } from "./attempt-facts.ts";
import type { FinishedState } from "./finished-counts.ts";

/** A task that no longer exists, and of which the history has at least one attempt. */
export interface FinishedTask {
  /** The last attempt that ended. The history has the rest of it. */
  readonly last: AttemptFacts;
  readonly state: FinishedState;
  /** Increases from task to task, in the order in which they were added to the lists. */
  readonly number: number;
  /** Whether the task was removed from the lists. */
  isRemoved: boolean;
}
