import { addTask, type EngineQueue, type EngineState, type EngineTask } from "./engine-state.ts";
import type { RetrySettings, TaskRequest } from "./records.ts";
import { refreshWake } from "./wake.ts";

/** What a caller decides about a new task. */
export interface NewTask {
  readonly id: string;
  readonly named: boolean;
  readonly createdAt: number;
  readonly scheduledAt: number;
  readonly deadlineMs: number;
  readonly retry: RetrySettings | undefined;
  readonly request: TaskRequest;
}

/** Whether a task of this id exists, or did recently. */
export function taskIdState(state: EngineState, queue: EngineQueue, id: string): "free" | "taken" | "recently gone" {
  if (queue.tasks.has(id)) return "taken";
  const now = state.clock.now();
  const isBuried = queue.named.isTaken(id, now) || queue.generated.isTaken(id, now);
  return isBuried ? "recently gone" : "free";
}

/** Creates a task that waits for its schedule time; its id has to be free. */
export function createTask(state: EngineState, queue: EngineQueue, task: NewTask): EngineTask {
  state.lastSequence += 1;
  const created = addTask(queue, {
    id: task.id,
    named: task.named,
    createdAt: task.createdAt,
    scheduledAt: task.scheduledAt,
    deadlineMs: task.deadlineMs,
    retry: task.retry,
    queue: queue.record.name,
    sequence: state.lastSequence,
    dispatchCount: 0,
    responseCount: 0,
    executionCount: 0,
    failureCount: 0,
    firstDispatchedAt: undefined,
    lastAttempt: undefined,
  });
  state.store.insertTask(created.record, task.request);
  refreshWake(state, queue);
  return created;
}
