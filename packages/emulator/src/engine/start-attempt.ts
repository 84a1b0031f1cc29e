import type { Attempt, EngineState, EngineTask } from "./engine-state.ts";
import type { TaskRecord } from "./records.ts";
import { refreshWake } from "./wake.ts";

/** Starts the attempt of a task that is due, which takes a token and a slot. */
export function startDueAttempt(state: EngineState, task: EngineTask): Attempt {
  const { queue } = task;
  queue.bucket.take(state.clock.now());
  queue.inFlight += 1;
  return start(state, task, false);
}

/**
 * RunTask: starts an attempt now, whatever the queue's state, rate and concurrency, and even beside one that runs. The task
 * no longer waits for its schedule time, so this is not a second delivery.
 */
export function runTask(state: EngineState, task: EngineTask): Attempt {
  return start(state, task, true);
}

function start(state: EngineState, task: EngineTask, forced: boolean): Attempt {
  const now = state.clock.now();
  const before = task.record;
  const attempt: Attempt = {
    task,
    before,
    forced,
    dispatchedAt: now,
    deadlineAt: now + before.deadlineMs,
    finished: false,
    heapIndex: -1,
  };
  task.queue.waiting.remove(task);
  task.running += 1;
  task.queue.running += 1;
  task.record = dispatched(before, now);
  state.attempts.push(attempt);
  state.store.updateTask(task.record);
  refreshWake(state, task.queue);
  return attempt;
}

function dispatched(record: TaskRecord, now: number): TaskRecord {
  return {
    ...record,
    dispatchCount: record.dispatchCount + 1,
    firstDispatchedAt: record.firstDispatchedAt ?? now,
    lastAttempt: {
      scheduledAt: record.scheduledAt,
      dispatchedAt: now,
      finishedAt: undefined,
      status: undefined,
      timedOut: false,
    },
  };
}
