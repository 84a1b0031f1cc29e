import { addTask, type EngineQueue, type EngineState, type EngineTask } from "./engine-state.ts";
import { refreshWake } from "./next-event.ts";
import type { RetrySettings, TaskRequest } from "./records.ts";
import { taskMarks } from "./task-marks.ts";

/** The parts of a new task that the caller of `createTask` decides. */
export interface NewTask {
  readonly id: string;
  readonly named: boolean;
  readonly createdAt: number;
  readonly scheduledAt: number;
  readonly deadlineMs: number;
  readonly retry: RetrySettings | undefined;
  readonly request: TaskRequest;
}

/** Checks whether a task of this id can be created. */
export function taskIdState(state: EngineState, queue: EngineQueue, id: string): "free" | "taken" | "recently deleted" {
  if (queue.tasks.has(id)) return "taken";
  const now = state.clock.now();
  const hasTombstone = queue.namedTombstones.isTaken(id, now) || queue.generatedTombstones.isTaken(id, now);
  return hasTombstone || queue.purges.some((purge) => purge.isTaken(id, now)) ? "recently deleted" : "free";
}

/** Creates a task that waits for its schedule time. The caller has checked that the id is free. */
export function createTask(state: EngineState, queue: EngineQueue, task: NewTask): EngineTask {
  state.lastSequence += 1;
  const { definition, isDeadLetter } = taskMarks(task.request);
  // Each field is listed: V8 keeps the fields that a spread adds in a second object, and there can be a million tasks.
  const created = addTask(queue, {
    queue: queue.record.name,
    id: task.id,
    named: task.named,
    sequence: state.lastSequence,
    createdAt: task.createdAt,
    scheduledAt: task.scheduledAt,
    deadlineMs: task.deadlineMs,
    retry: task.retry,
    definition,
    isDeadLetter,
    dispatchCount: 0,
    responseCount: 0,
    executionCount: 0,
    failureCount: 0,
    hasRetryAfter: false,
    firstDispatchedAt: undefined,
    lastAttempt: undefined,
  });
  state.store.insertTask(created.record, task.request);
  refreshWake(state, queue);
  return created;
}
