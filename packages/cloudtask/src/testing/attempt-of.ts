import { timeInputMs } from "../core/time-input.ts";
import type { Attempt } from "./delivery-request.ts";
import type { StoredTask } from "./stored-task.ts";
import type { AttemptOptions } from "./test-options.ts";

/**
 * @param task - what is delivered
 * @param options - what the test says of the attempt
 * @param nowMs - the present
 * @returns the attempt, as Cloud Tasks would tell of it
 */
export function attemptOf(task: StoredTask, options: AttemptOptions, nowMs: number): Attempt {
  const { attempt = task.failures + 1, scheduledAt = nowMs, signal } = options;
  const previousResponse = previousOf(task, attempt, options.previousResponse);
  return {
    id: task.id,
    queue: task.queue,
    attempt,
    previousResponse,
    executionCount: options.executionCount ?? executionsOf(task, attempt, previousResponse),
    scheduledMs: timeInputMs(scheduledAt, "UTC", "scheduledAt"),
    signal,
  };
}

function previousOf(task: StoredTask, attempt: number, given: number | null | undefined): number | undefined {
  if (given !== undefined) return given ?? undefined;
  return attempt === 1 ? undefined : (task.previousResponse ?? 500);
}

/** What came before is known only of a task whose attempts were all made here. */
function executionsOf(task: StoredTask, attempt: number, previousResponse: number | undefined): number {
  if (attempt === task.failures + 1 && attempt > 1) return task.executionCount;
  if (task.kind === "appEngine") return attempt - 1;
  return previousResponse !== undefined && previousResponse < 500 ? 1 : 0;
}
