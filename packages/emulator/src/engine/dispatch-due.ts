import { deleteTask } from "./delete-task.ts";
import type { Attempt, EngineState } from "./engine-state.ts";
import { nextDispatchAt, refreshWake } from "./next-event.ts";
import { startDueAttempt } from "./start-attempt.ts";
import { expiredTask } from "./task-expiry.ts";

/**
 * Starts every attempt that is due and that the state, rate and concurrency of its queue allow, in order of schedule time.
 * Also deletes the tasks that are older than their queue's `task_ttl`.
 *
 * @param limit - attempts to start at most; call again for the rest
 * @returns the started attempts, whose requests the caller must send
 */
export function dispatchDue(state: EngineState, limit: number = Number.POSITIVE_INFINITY): Attempt[] {
  const now = state.clock.now();
  const started: Attempt[] = [];
  while (started.length < limit) {
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
