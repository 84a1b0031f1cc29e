import type { Attempt } from "../engine/engine-state.ts";
import type { TaskRequest } from "../engine/records.ts";
import { USER_AGENT } from "../service/headers.ts";

/** What belongs to a connection rather than to a request: the connection is the emulator's own. */
const hopByHop = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * The headers of a dispatch: the task's own, and those that Cloud Tasks adds. They are made for each attempt and never
 * stored, so no token shows up in GetTask.
 *
 * @param token - for `Authorization`, which it replaces
 */
export function dispatchHeaders(attempt: Attempt, request: TaskRequest, token: string | undefined): [string, string][] {
  const isReplaced = (name: string): boolean =>
    hopByHop.has(name) || name === "user-agent" || (token !== undefined && name === "authorization");
  const headers = Object.entries(request.headers).filter(([name]) => !isReplaced(name.toLowerCase()));
  headers.push(["User-Agent", USER_AGENT], ...attemptHeaders(attempt));
  if (token !== undefined) headers.push(["Authorization", `Bearer ${token}`]);
  if (request.body.length > 0 || ["POST", "PUT", "PATCH"].includes(request.method)) {
    headers.push(["Content-Length", String(request.body.length)]);
  }
  return headers;
}

function attemptHeaders({ before }: Attempt): [string, string][] {
  const headers: [string, string][] = [
    ["X-CloudTasks-QueueName", before.queue.slice(before.queue.lastIndexOf("/") + 1)],
    ["X-CloudTasks-TaskName", before.id],
    ["X-CloudTasks-TaskRetryCount", String(before.dispatchCount)],
    ["X-CloudTasks-TaskExecutionCount", String(before.executionCount)],
    ["X-CloudTasks-TaskETA", epochSeconds(before.scheduledAt)],
  ];
  const previous = before.lastAttempt?.status;
  if (previous !== undefined) headers.push(["X-CloudTasks-TaskPreviousResponse", String(previous)]);
  // Captured from the real service: present on every retry of an HTTP task, and empty.
  if (before.dispatchCount > 0) headers.push(["X-CloudTasks-TaskRetryReason", ""]);
  return headers;
}

function epochSeconds(ms: number): string {
  const micros = Math.round(ms * 1000);
  return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, "0")}`;
}
