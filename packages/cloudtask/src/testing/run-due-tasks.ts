import { errorMessage } from "../core/error-message.ts";
import { deliverStored } from "./deliver-stored.ts";
import { formatValue } from "./format-value.ts";
import type { Recording } from "./recording.ts";
import type { StoredTask } from "./stored-task.ts";
import { TasksFailedError } from "./tasks-failed-error.ts";
import type { TestClock } from "./test-clock.ts";
import type { TestDelivery } from "./test-delivery.ts";

interface DueRun {
  readonly recording: Recording;
  readonly clock: TestClock;
  /** The latest due time, in milliseconds since the epoch. */
  readonly untilMs: number;
  /** Maximum number of attempts per task. */
  readonly attempts: number;
  readonly allowFailures: boolean;
  /** Maximum number of deliveries. */
  readonly limit: number;
  /** The calling method, for messages. */
  readonly method: string;
}

/** The number of failures that a message lists. */
const MAX_LISTED = 5;

/**
 * Runs due tasks in the order of their due times, including the tasks that handlers push and retries, until none is due.
 *
 * @returns the deliveries, in execution order
 * @throws TasksFailedError after the last delivery if a task failed or was discarded; Error after `limit` deliveries, or if the
 * test client is closed or reset before the end
 */
export async function runDueTasks(run: DueRun): Promise<readonly TestDelivery[]> {
  const { recording, clock, untilMs, limit } = run;
  const deliveries: TestDelivery[] = [];
  const failed: TestDelivery[] = [];
  // Code that the test did not await may be about to push.
  await undefined;
  for (;;) {
    const settling = recording.cloudTasks.settled();
    if (settling !== undefined) await settling;
    const task = recording.next(untilMs);
    if (task === undefined) break;
    if (deliveries.length >= limit) throw limitError(run, task);
    clock.advanceTo(task.dueMs);
    const delivery = await deliverStored(recording, task, { scheduledAt: task.dueMs }, clock.now());
    deliveries.push(delivery);
    const isFinal = !delivery.isRetried || task.failures >= run.attempts || task.isExhausted(clock.now());
    if (!isFinal) continue;
    recording.cloudTasks.finish(task);
    if (delivery.outcome !== "success") failed.push(delivery);
  }
  if (failed.length === 0 || run.allowFailures) return deliveries;
  throw new TasksFailedError(summary(run.method, deliveries, failed), deliveries, failed);
}

function summary(method: string, deliveries: readonly TestDelivery[], failed: readonly TestDelivery[]): string {
  const lines = failed.slice(0, MAX_LISTED).map((delivery) => `\n  ${lineOf(delivery)}`);
  const more = failed.length > MAX_LISTED ? `\n  and ${failed.length - MAX_LISTED} more` : "";
  const counts = `failed or discarded: ${failed.length}, deliveries: ${deliveries.length}`;
  return (
    `${method}: not all tasks succeeded (${counts}):${lines.join("")}${more}\n` +
    "If the test expects this, pass { allowFailures: true } and check the returned deliveries."
  );
}

function lineOf({ task, payload, attempt, outcome, reason, error }: TestDelivery): string {
  const ending = reason === undefined ? outcome : `${outcome}, ${reason}`;
  return `"${task}" ${formatValue(payload)} (attempt ${attempt}: ${ending}): ${errorMessage(error)}`;
}

function limitError({ method, limit, recording }: DueRun, task: StoredTask): Error {
  const { length } = recording.cloudTasks.waiting;
  return new Error(
    `${method}: stopped after ${limit} deliveries, with ${length} still waiting; the next one is ${task.body}. ` +
      "A task may be pushing itself endlessly. If so many deliveries are expected, raise `limit`.",
  );
}
