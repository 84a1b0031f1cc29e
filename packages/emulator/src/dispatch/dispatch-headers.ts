import { urlToHttpOptions } from "node:url";
import type { TaskRecord, TaskRequest } from "../engine/records.ts";
import { USER_AGENT } from "../service/tasks/stored-headers.ts";
import type { Header, Target } from "./target.ts";
import type { TargetUrl } from "./target-url.ts";

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
  const addedNames = new Set(added.map(([name]) => factsOf(name).lower));
  const headers: Header[] = [["Host", target.url.host]];
  for (const header of target.headers) {
    const { lower, isSendable, mayBeAdded } = factsOf(header[0]);
    const isReplaced = mayBeAdded && addedNames.has(lower);
    if (isSendable && !isReplaced && sendableValue.test(header[1])) headers.push(header);
  }
  headers.push(...added);
  const authorization = credentials(target.url, headers);
  if (authorization !== undefined) headers.push(["Authorization", authorization]);
  const { method, body } = target;
  if (body.length > 0 || method === "POST" || method === "PUT" || method === "PATCH") {
    headers.push(["Content-Length", String(body.length)]);
  }
  headers.push(["Connection", "keep-alive"]);
  return headers;
}

/** The facts about a header that only depend on its name. */
interface NameFacts {
  readonly lower: string;
  readonly isSendable: boolean;
  readonly mayBeAdded: boolean;
}

/** Names to keep facts of at most. */
const MAX_NAMES = 1_000;

const namesSeen = new Map<string, NameFacts>();

/** Attempts have most of their header names in common, so the facts are kept. */
function factsOf(name: string): NameFacts {
  const known = namesSeen.get(name);
  if (known) return known;
  const lower = name.toLowerCase();
  const isSendable = !notForwarded.has(lower) && sendableName.test(name);
  const facts = { lower, isSendable, mayBeAdded: mayBeAdded.test(lower) };
  if (namesSeen.size >= MAX_NAMES) namesSeen.clear();
  namesSeen.set(name, facts);
  return facts;
}

function attemptHeaders(task: TaskRecord, kind: TaskRequest["kind"]): Header[] {
  const queueId = task.queue.slice(task.queue.lastIndexOf("/") + 1);
  const retryCount = String(task.dispatchCount);
  const eta = epochSeconds(task.scheduledAt);
  // Captured from the service: HTTP tasks do not count 5xx answers, App Engine tasks count every answer.
  return kind === "http"
    ? [
        ["X-CloudTasks-QueueName", queueId],
        ["X-CloudTasks-TaskName", task.id],
        ["X-CloudTasks-TaskRetryCount", retryCount],
        ["X-CloudTasks-TaskExecutionCount", String(task.executionCount)],
        ["X-CloudTasks-TaskETA", eta],
        ...httpRetryHeaders(task),
      ]
    : [
        ["X-AppEngine-QueueName", queueId],
        ["X-AppEngine-TaskName", task.id],
        ["X-AppEngine-TaskRetryCount", retryCount],
        ["X-AppEngine-TaskExecutionCount", String(task.responseCount)],
        ["X-AppEngine-TaskETA", eta],
        ...appEngineRetryHeaders(task),
      ];
}

/** Captured from the service: every retry of an HTTP task has the header TaskRetryReason, with an empty value. */
function httpRetryHeaders({ dispatchCount, lastAttempt }: TaskRecord): Header[] {
  if (dispatchCount === 0) return [];
  const previous: Header[] =
    lastAttempt?.status === undefined ? [] : [["X-CloudTasks-TaskPreviousResponse", `${lastAttempt.status}`]];
  return [...previous, ["X-CloudTasks-TaskRetryReason", ""]];
}

/** Captured from the service for answers and passed deadlines. A target that cannot be reached is assumed to be like the latter. */
function appEngineRetryHeaders({ lastAttempt }: TaskRecord): Header[] {
  if (lastAttempt?.finishedAt === undefined) return [];
  const { status, timedOut } = lastAttempt;
  const isAnswered = status !== undefined && !timedOut;
  return [
    ["X-AppEngine-TaskPreviousResponse", isAnswered ? `${status}` : "0"],
    ["X-AppEngine-TaskRetryReason", isAnswered ? "App Error" : "Instance Unavailable"],
  ];
}

/** Returns the user and password of the URL as an `Authorization` header, unless there already is one. */
function credentials(url: TargetUrl, headers: readonly Header[]): string | undefined {
  if (url.username === "" && url.password === "") return undefined;
  const { auth } = urlToHttpOptions(new URL(url.href));
  if (!auth || headers.some(([name]) => name.toLowerCase() === "authorization")) return undefined;
  return `Basic ${Buffer.from(auth).toString("base64")}`;
}

/** The character code of `0`. */
const ZERO = 48;

/** Recorded from the service: the fraction has no trailing zeros, and a whole second has no fraction. */
function epochSeconds(ms: number): string {
  const micros = Math.round(ms * 1000);
  const fraction = micros % 1_000_000;
  const seconds = String((micros - fraction) / 1_000_000);
  if (fraction === 0) return seconds;
  const digits = String(1_000_000 + fraction);
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === ZERO) end -= 1;
  return `${seconds}.${digits.slice(1, end)}`;
}
