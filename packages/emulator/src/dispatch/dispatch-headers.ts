import { urlToHttpOptions } from "node:url";
import type { TaskRecord, TaskRequest } from "../engine/records.ts";
import { USER_AGENT } from "../service/tasks/stored-headers.ts";
import type { Header, Target } from "./target.ts";

/** Headers that belong to the connection. Node cannot send `Trailer` with a body of known length. */
const notForwarded = new Set([
  "connection",
  "content-length",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The names that Cloud Tasks may add. */
const mayBeAdded = /^(?:x-cloudtasks-|x-appengine-|user-agent$|authorization$)/;

/** The names and values that Node can send. The API stores a few more names, such as those with a slash. */
const sendableName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const sendableValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Returns the headers of a dispatch in the order they are sent: the task's own, and those that Cloud Tasks adds. If both
 * contain the same header, the task's own is not sent. The added ones are created for each attempt and never stored, so GetTask returns no
 * token.
 *
 * @param task - the task before the attempt
 * @param token - replaces the `Authorization` header of the task
 */
export function dispatchHeaders(
  task: TaskRecord,
  kind: TaskRequest["kind"],
  target: Target,
  token: string | undefined,
): Header[] {
  const added = attemptHeaders(task, kind);
  // An App Engine task is stored with its User-Agent, because the task can set a part of it.
  if (kind === "http") added.unshift(["User-Agent", USER_AGENT]);
  if (token !== undefined) added.push(["Authorization", `Bearer ${token}`]);
  const isForwarded = ([name, value]: Header): boolean => {
    const lower = name.toLowerCase();
    const isReplaced = mayBeAdded.test(lower) && added.some(([other]) => other.toLowerCase() === lower);
    return !isReplaced && !notForwarded.has(lower) && sendableName.test(name) && sendableValue.test(value);
  };
  const headers: Header[] = [["Host", target.url.host], ...target.headers.filter(isForwarded), ...added];
  const authorization = credentials(target.url, headers);
  if (authorization !== undefined) headers.push(["Authorization", authorization]);
  const { method, body } = target;
  if (body.length > 0 || ["POST", "PUT", "PATCH"].includes(method)) {
    headers.push(["Content-Length", String(body.length)]);
  }
  headers.push(["Connection", "keep-alive"]);
  return headers;
}

function attemptHeaders(task: TaskRecord, kind: TaskRequest["kind"]): Header[] {
  const isHttp = kind === "http";
  const headers: Header[] = [
    ["QueueName", task.queue.slice(task.queue.lastIndexOf("/") + 1)],
    ["TaskName", task.id],
    ["TaskRetryCount", String(task.dispatchCount)],
    // Captured from the service: HTTP tasks do not count 5xx answers, App Engine tasks count every answer.
    ["TaskExecutionCount", String(isHttp ? task.executionCount : task.responseCount)],
    ["TaskETA", epochSeconds(task.scheduledAt)],
    ...(isHttp ? httpRetryHeaders(task) : appEngineRetryHeaders(task)),
  ];
  return headers.map(([name, value]) => [`${isHttp ? "X-CloudTasks-" : "X-AppEngine-"}${name}`, value]);
}

/** Captured from the service: every retry of an HTTP task has the header TaskRetryReason, with an empty value. */
function httpRetryHeaders({ dispatchCount, lastAttempt }: TaskRecord): Header[] {
  if (dispatchCount === 0) return [];
  const previous: Header[] =
    lastAttempt?.status === undefined ? [] : [["TaskPreviousResponse", `${lastAttempt.status}`]];
  return [...previous, ["TaskRetryReason", ""]];
}

/** Captured from the service for answers and passed deadlines. A target that cannot be reached is assumed to be like the latter. */
function appEngineRetryHeaders({ lastAttempt }: TaskRecord): Header[] {
  if (lastAttempt?.finishedAt === undefined) return [];
  const { status, timedOut } = lastAttempt;
  const isAnswered = status !== undefined && !timedOut;
  return [
    ["TaskPreviousResponse", isAnswered ? `${status}` : "0"],
    ["TaskRetryReason", isAnswered ? "App Error" : "Instance Unavailable"],
  ];
}

/** Returns the user and password of the URL as an `Authorization` header, unless there already is one. */
function credentials(url: URL, headers: readonly Header[]): string | undefined {
  if (url.username === "" && url.password === "") return undefined;
  const { auth } = urlToHttpOptions(url);
  if (!auth || headers.some(([name]) => name.toLowerCase() === "authorization")) return undefined;
  return `Basic ${Buffer.from(auth).toString("base64")}`;
}

/** Recorded from the service: the fraction has no trailing zeros, and a whole second has no fraction. */
function epochSeconds(ms: number): string {
  const micros = Math.round(ms * 1000);
  const fraction = String(micros % 1_000_000)
    .padStart(6, "0")
    .replace(/0+$/, "");
  return `${Math.floor(micros / 1_000_000)}${fraction && `.${fraction}`}`;
}
