import type { Replacements } from "./deliverer.ts";
import type { DeliveryRecord } from "./delivery-record.ts";
import { nextAttempt } from "./delivery-request.ts";
import type { Recording } from "./recording.ts";
import type { StoredTask } from "./stored-task.ts";
import type { AttemptOptions } from "./test-options.ts";

/** Makes the next attempt of a recorded task. Its outcome decides whether the task is done or waits for a retry. */
export function deliverStored(
  recording: Recording,
  task: StoredTask,
  options: AttemptOptions,
  nowMs: number,
): Promise<DeliveryRecord> {
  const attempt = nextAttempt(task, options, nowMs);
  task.running = true;
  task.firstAttemptMs ??= nowMs;
  const onEnd = (delivery: DeliveryRecord): void => {
    task.running = false;
    task.failures = delivery.attempt - 1;
    if (delivery.isRetried) {
      task.recordFailure(delivery.answer, nowMs);
      recording.cloudTasks.reschedule(task);
    } else {
      recording.cloudTasks.finish(task);
    }
  };
  try {
    return recording.deliver(task, attempt, { replacements: replacementsIn(options), onEnd });
  } catch (error) {
    task.running = false;
    throw error;
  }
}

/** The type of `overrides` checks each pair on its own, and cannot be assigned to an array type. */
export function replacementsIn({ overrides = [] }: AttemptOptions): Replacements {
  return overrides as unknown as Replacements;
}
