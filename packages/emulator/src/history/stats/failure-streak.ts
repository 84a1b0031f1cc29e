import type { AttemptFinished } from "../../emulator-events.ts";

/** The failed attempts since the last success. */
export interface FailureStreak {
  readonly count: number;
  /** When the first of them finished, in milliseconds since the epoch. */
  readonly since: number;
  readonly last: AttemptFinished;
}

/** Adds an attempt to the failures since the last success. An attempt whose task was deleted counts by its status. */
export function addToStreak(streak: FailureStreak | undefined, attempt: AttemptFinished): FailureStreak | undefined {
  const { status = 0 } = attempt;
  if (status >= 200 && status < 300) return undefined;
  return { count: (streak?.count ?? 0) + 1, since: streak?.since ?? attempt.at, last: attempt };
}
