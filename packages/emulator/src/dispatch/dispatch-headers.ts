import { urlToHttpOptions } from "node:url";
import type { TaskRecord, TaskRequest } from "../engine/records.ts";
import { USER_AGENT } from "../service/tasks/stored-headers.ts";
import type { Header, Target } from "./target.ts";

/** What is made for each dispatch, or belongs to its connection, which is the emulator's own. */
const replaced = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * The headers of a dispatch, in the order in which they are sent: the task's own, and those that Cloud Tasks adds. They are
 * made for each attempt and never stored, so no token shows up in GetTask.
 *
 * @param before - the task as it was before the attempt
 * @param token - for `Authorization`, which it replaces
 */
export function dispatchHeaders(
  before: TaskRecord,
  kind: TaskRequest["kind"],
  target: Target,
  token: string | undefined,
): Header[] {
  const isOwn = ([name]: Header): boolean => {
    const lower = name.toLowerCase();
    if (lower === "authorization") return token === undefined;
    return !replaced.has(lower) && (lower !== "user-agent" || kind === "appEngine");
  };
  const headers: Header[] = [["Host", target.url.host], ...target.headers.filter(isOwn)];
  // An App Engine task is stored with its User-Agent, because the task may bring a part of it.
  if (kind === "http") headers.push(["User-Agent", USER_AGENT]);
  headers.push(...attemptHeaders(before, kind));
  const authorization = token === undefined ? credentials(target.url, headers) : `Bearer ${token}`;
  if (authorization !== undefined) headers.push(["Authorization", authorization]);
  const { method, body } = target;
  if (body.length > 0 || ["POST", "PUT", "PATCH"].includes(method)) {
    headers.push(["Content-Length", String(body.length)]);
  }
  headers.push(["Connection", "keep-alive"]);
  return headers;
}

function attemptHeaders(before: TaskRecord, kind: TaskRequest["kind"]): Header[] {
  const isHttp = kind === "http";
  const headers: Header[] = [
    ["QueueName", before.queue.slice(before.queue.lastIndexOf("/") + 1)],
    ["TaskName", before.id],
    ["TaskRetryCount", String(before.dispatchCount)],
    // Captured from the real service: HTTP leaves out answers of 5xx, App Engine counts every answer.
    ["TaskExecutionCount", String(isHttp ? before.executionCount : before.responseCount)],
    ["TaskETA", epochSeconds(before.scheduledAt)],
    ...(isHttp ? httpRetry(before) : appEngineRetry(before)),
  ];
  return headers.map(([name, value]) => [`${isHttp ? "X-CloudTasks-" : "X-AppEngine-"}${name}`, value]);
}

/** Captured from the real service: the reason is there on every retry of an HTTP task, and empty. */
function httpRetry({ dispatchCount, lastAttempt }: TaskRecord): Header[] {
  if (dispatchCount === 0) return [];
  const previous: Header[] =
    lastAttempt?.status === undefined ? [] : [["TaskPreviousResponse", `${lastAttempt.status}`]];
  return [...previous, ["TaskRetryReason", ""]];
}

/** Captured for answers and for a deadline that passed; that a target which cannot be reached is like the latter is assumed. */
function appEngineRetry({ lastAttempt }: TaskRecord): Header[] {
  if (lastAttempt?.finishedAt === undefined) return [];
  const { status, timedOut } = lastAttempt;
  const isAnswered = status !== undefined && !timedOut;
  return [
    ["TaskPreviousResponse", isAnswered ? `${status}` : "0"],
    ["TaskRetryReason", isAnswered ? "App Error" : "Instance Unavailable"],
  ];
}

/** A user and a password in the URL, where nothing else is to be sent. */
function credentials(url: URL, headers: readonly Header[]): string | undefined {
  const { auth } = urlToHttpOptions(url);
  if (!auth || headers.some(([name]) => name.toLowerCase() === "authorization")) return undefined;
  return `Basic ${Buffer.from(auth).toString("base64")}`;
}

function epochSeconds(ms: number): string {
  const micros = Math.round(ms * 1000);
  return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, "0")}`;
}
