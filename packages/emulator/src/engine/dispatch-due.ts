import type { Attempt, EngineState } from "./engine-state.ts";
import { startDueAttempt } from "./start-attempt.ts";
import { refreshWake } from "./wake.ts";

/**
 * Starts every attempt that is due and that its queue's state, rate and concurrency allow, in order of time.
 *
 * @returns the attempts started, for the shell to carry out
 */
export function dispatchDue(state: EngineState): Attempt[] {
  const now = state.clock.now();
  const started: Attempt[] = [];
  for (;;) {
    const queue = state.wakes.peek();
    if (!queue || queue.wakeAt > now) return started;
    const task = queue.waiting.peek();
    if (task) started.push(startDueAttempt(state, task));
    else refreshWake(state, queue);
  }
}
