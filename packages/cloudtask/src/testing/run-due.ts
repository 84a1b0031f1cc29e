import { backoffMs } from "../core/backoff.ts";
import { errorMessage } from "../core/error-message.ts";
import type { Scene } from "./scene.ts";
import { shownValue } from "./shown-value.ts";
import type { StoredTask } from "./stored-task.ts";
import { TasksFailedError } from "./tasks-failed-error.ts";
import type { TestClock } from "./test-clock.ts";
import type { TestDelivery } from "./test-delivery.ts";

/** What is to run, and how. */
export interface DueRun {
  readonly scene: Scene;
  readonly clock: TestClock;
  readonly deliver: (task: StoredTask) => Promise<TestDelivery>;
  /** Until what time, in milliseconds since the epoch. */
  readonly untilMs: number;
  /** After how many attempts a task that fails is given up. */
  readonly attempts: number;
  readonly allowFailures: boolean;
  /** How many deliveries at most. */
  readonly limit: number;
  /** What asks, for messages. */
  readonly what: string;
}

/** What Cloud Tasks does where a queue says nothing of it. */
const DEFAULT_BACKOFF = { minBackoffMs: 100, maxBackoffMs: 3_600_000, maxDoublings: 16 } as const;

/** How many failures a message tells of. */
const TOLD = 5;

/**
 * Runs what is due, in order of time, and what that pushes, and what is to be retried, until nothing is due any more.
 *
 * @param run - what, until when
 * @returns the deliveries, in the order in which they ran
 * @throws TasksFailedError at the end where some failed or were discarded; Error where there is no end, and where the test ends
 * before
 */
export async function runDue(run: DueRun): Promise<readonly TestDelivery[]> {
  const { scene, clock, untilMs, limit } = run;
  const deliveries: TestDelivery[] = [];
  const failed: TestDelivery[] = [];
  for (let task = await scene.next(untilMs); task !== undefined; task = await scene.next(untilMs)) {
    if (deliveries.length >= limit) throw endless(run, task);
    clock.turnTo(task.dueMs);
    const delivery = await run.deliver(task);
    deliveries.push(delivery);
    const isOver = delivery.response.ok || task.failures >= run.attempts;
    if (!isOver) continue;
    scene.standIn.bury(task);
    if (delivery.outcome !== "success") failed.push(delivery);
  }
  if (failed.length === 0 || run.allowFailures) return deliveries;
  throw new TasksFailedError(summary(run.what, deliveries, failed), deliveries, failed);
}

/**
 * Notes how an attempt ended, as Cloud Tasks does for the next one.
 *
 * @param task - the task; changed
 * @param response - what the worker answered
 * @param nowMs - the present
 */
export function noteAttempt(task: StoredTask, response: Response, nowMs: number): void {
  if (response.ok) return;
  task.failures += 1;
  if (task.kind === "appEngine" || response.status < 500) task.executionCount += 1;
  task.previousResponse = response.status;
  const askedMs = Number(response.headers.get("Retry-After") ?? 0) * 1000;
  task.dueMs = nowMs + Math.max(backoffMs(DEFAULT_BACKOFF, task.failures), askedMs);
}

function summary(what: string, deliveries: readonly TestDelivery[], failed: readonly TestDelivery[]): string {
  const told = failed.slice(0, TOLD).map((delivery) => `\n  ${lineOf(delivery)}`);
  const more = failed.length > TOLD ? `\n  and ${failed.length - TOLD} more` : "";
  return (
    `${what}: ${failed.length} of the tasks it ran did not succeed, in ${deliveries.length} deliveries:${told.join("")}${more}\n` +
    "Where that is what the test wants, pass { allowFailures: true } and look at what it returns"
  );
}

function lineOf({ task, payload, attempt, outcome, reason, error }: TestDelivery): string {
  const how = reason === undefined ? outcome : `${outcome}, ${reason}`;
  return `"${task}" ${shownValue(payload)} (attempt ${attempt}: ${how}): ${errorMessage(error)}`;
}

function endless({ what, limit, scene }: DueRun, task: StoredTask): Error {
  return new Error(
    `${what}: ${limit} deliveries have run, and ${scene.standIn.waiting.length} more tasks wait, the next of them ${task.body}: does a task ` +
      "push itself, time after time? Where so many are meant, raise `limit`",
  );
}
