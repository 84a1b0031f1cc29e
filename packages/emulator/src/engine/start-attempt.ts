import type { Attempt, EngineState, EngineTask } from "./engine-state.ts";
import { refreshWake } from "./next-event.ts";
import type { TaskRecord } from "./records.ts";
import { setTaskState } from "./set-task-state.ts";

/** Starts an attempt of a task that is due. It uses one token of the queue's rate and one concurrency slot. */
export function startDueAttempt(state: EngineState, task: EngineTask): Attempt {
  const { queue } = task;
  queue.bucket.take(state.clock.now());
  queue.inFlight += 1;
  return start(state, task, false);
}

/**
 * Starts an attempt now, as RunTask does: even if the queue is paused, has reached its rate or concurrency limit, or if an
 * attempt of the task is already in flight. The task no longer waits for its schedule time, so RunTask replaces the scheduled
 * dispatch instead of adding one.
 *
 * Source: `CloudTasks.RunTask` in google/cloud/tasks/v2/cloudtasks.proto.
 */
export function runTask(state: EngineState, task: EngineTask): Attempt {
  return start(state, task, true);
}

/**
 * Returns the task as RunTask answers it. Recorded from the service: the attempt counts, but it has no dispatch time yet, so
 * `last_attempt` has a schedule time only, and `first_attempt` is absent before the first dispatch.
 */
export function recordOfRun({ task, taskBefore }: Attempt): TaskRecord {
  const { scheduledAt, firstDispatchedAt } = taskBefore;
  const pending = { dispatchedAt: undefined, finishedAt: undefined, status: undefined, timedOut: false };
  return { ...task.record, firstDispatchedAt, lastAttempt: { scheduledAt, ...pending } };
}

function start(state: EngineState, task: EngineTask, forced: boolean): Attempt {
  const now = state.clock.now();
  const taskBefore = task.record;
  const attempt: Attempt = {
    task,
    taskBefore,
    forced,
    dispatchedAt: now,
    deadlineAt: now + taskBefore.deadlineMs,
    finished: false,
    heapIndex: -1,
  };
  task.queue.waiting.remove(task);
  task.running += 1;
  task.queue.running += 1;
  task.record = withDispatch(taskBefore, now);
  setTaskState(task, "running");
  state.attempts.push(attempt);
  state.store.updateTask(task.record);
  refreshWake(state, task.queue);
  return attempt;
}

function withDispatch(record: TaskRecord, now: number): TaskRecord {
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
