import type { AttemptFinished } from "../../emulator-events.ts";
import type { FinishedState } from "./finished-counts.ts";

/** A task that no longer exists, and of which the history has at least one attempt. */
export interface FinishedTask {
  /** The full name. */
  readonly name: string;
  /** The full name of the queue. */
  readonly queue: string;
  readonly sequence: number;
  readonly definition: string | undefined;
  readonly state: FinishedState;
  /** When its last attempt ended, in milliseconds since the epoch. */
  readonly finishedAt: number;
  /** The last attempt that ended. */
  readonly last: AttemptFinished;
  /** Set by `FinishedLists`. */
  place: "new" | "listed" | "removed";
}
