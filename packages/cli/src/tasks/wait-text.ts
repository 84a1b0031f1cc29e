import type { TaskJson } from "@cloudtask/emulator/internal";

/** A reason why a task waits. */
export type Wait = TaskJson["waits"][number];

const REASONS: Readonly<Record<Wait["reason"], string>> = {
  scheduleTime: "it is scheduled for later",
  backoff: "the backoff after its last failure",
  retryAfter: "the worker answered with Retry-After",
  paused: "the queue is paused",
  disabled: "the queue is disabled",
  rateZero: "the rate of the queue is 0",
  rate: "the rate of the queue is reached",
  throttled: "the queue is slowed down because of failures",
  concurrency: "as many attempts are in progress as the concurrency of the queue allows",
  next: "nothing, it is about to start",
};

/** Describes why a task waits: `the backoff after its last failure, until 2030-01-31T08:00:00Z`. */
export function waitText({ reason, until }: Wait): string {
  return until === undefined ? REASONS[reason] : `${REASONS[reason]}, until ${until}`;
}
