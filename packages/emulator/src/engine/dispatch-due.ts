import { deleteTask } from "./delete-task.ts";
import type { Attempt, EngineState } from "./engine-state.ts";
import { expiredTask } from "./expiry.ts";
import { startDueAttempt } from "./start-attempt.ts";
import { nextDispatchAt, refreshWake } from "./wake.ts";

/**
 * Starts every attempt that is due and that its queue's state, rate and concurrency allow, in order of time; takes away the
 * tasks that have become too old.
 *
 * @param most - how many attempts to start at once; more are due then, perhaps
 * @returns the attempts started, for the shell to carry out
 */
export function dispatchDue(state: EngineState, most: number = Number.POSITIVE_INFINITY): Attempt[] {
  const now = state.clock.now();
  const started: Attempt[] = [];
  while (started.length < most) {
    const queue = state.wakes.peek();
    if (!queue || queue.wakeAt > now) break;
    const expired = expiredTask(queue, now);
    const due = nextDispatchAt(queue, now) <= now ? queue.waiting.peek() : undefined;
    if (expired) deleteTask(state, expired);
    else if (due) started.push(startDueAttempt(state, due));
    else refreshWake(state, queue);
  }
  return started;
}
