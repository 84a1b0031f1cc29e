import { formatCount, formatDuration } from "../format/format.ts";
import type { TaskWithRequestJson } from "../source/json.ts";

/** Returns how many attempts a task had, for example `5, of which 4 failed`. */
export function attemptsText({
  state,
  dispatchCount,
  failureCount,
}: Pick<TaskWithRequestJson, "state" | "dispatchCount" | "failureCount">): string {
  if (dispatchCount === 0) return "none";
  // The worker answers 2xx if it discards a task, so the discarded attempt is none of those that failed.
  const discarded = state === "discarded" ? ", and the last one was discarded" : "";
  return `${formatCount(dispatchCount)}, of which ${formatCount(failureCount)} failed${discarded}`;
}

/** Returns the limits of retries, for example `5 attempts, backoff 100 ms to 1 h`. */
export function retryText({
  maxAttempts,
  minBackoffMs,
  maxBackoffMs,
}: {
  readonly maxAttempts: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
}): string {
  const attempts = maxAttempts === -1 ? "unlimited" : formatCount(maxAttempts);
  return `${attempts} attempts, backoff ${formatDuration(minBackoffMs)} to ${formatDuration(maxBackoffMs)}`;
}
