import { formatTime, plural } from "../format/format.ts";
import type { WaitJson } from "../source/json.ts";

const REASONS: Readonly<Record<WaitJson["reason"], string>> = {
  scheduleTime: "waits for its schedule time",
  backoff: "waits for the backoff after its last failure",
  retry: "waits for its next attempt, after its last failure",
  retryAfter: "waits because the worker answered with Retry-After",
  paused: "waits because the queue is paused",
  disabled: "waits because the queue is disabled",
  rateZero: "waits because the rate of the queue is 0",
  rate: "waits for the rate of the queue",
  throttled: "waits because the queue is slowed down",
  concurrency: "waits until one of the running attempts of the queue finishes",
  next: "is about to start",
};

/** Returns why a task waits, and until when, for example `waits for its schedule time, until 14:03:07`. */
export function waitText(wait: WaitJson, nowMs: number): string {
  const ahead = wait.ahead === undefined || wait.ahead === 0 ? "" : `; ${plural(wait.ahead, "task")} before it`;
  const until = wait.until === undefined ? "" : `, until ${formatTime(Date.parse(wait.until), nowMs)}`;
  return `${REASONS[wait.reason]}${until}${ahead}`;
}
