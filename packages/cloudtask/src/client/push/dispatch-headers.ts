import { attemptHeaders } from "../../core/attempt-headers.ts";
import type { PreparedPush } from "./prepare.ts";

/** The headers that Cloud Tasks adds to a first attempt. */
export function dispatchHeaders(push: PreparedPush, id: string): Readonly<Record<string, string>> {
  const kind = push.appEngine ? "appEngine" : "http";
  return attemptHeaders({ kind, id, queue: push.queue, retryCount: 0, executionCount: 0, scheduledMs: push.nowMs });
}
