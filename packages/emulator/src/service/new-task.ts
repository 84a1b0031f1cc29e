import { toBinary } from "@bufbuild/protobuf";
import type { NewTask } from "../engine/create-task.ts";
import type { TaskRequest } from "../engine/records.ts";
import type { HttpRequest } from "../gen/google/cloud/tasks/v2/target_pb.ts";
import { type Task, TaskSchema } from "../gen/google/cloud/tasks/v2/task_pb.ts";
import { storedHeaders } from "./headers.ts";
import { invalidArgument, unimplemented } from "./rpc-error.ts";
import { methodName, storedTask } from "./task-message.ts";
import { msOfDuration, msOfTimestamp, pacificTime } from "./times.ts";

const DEFAULT_DEADLINE_MS = 600_000;
const SHORTEST_DEADLINE_MS = 15_000;
const LONGEST_DEADLINE_MS = 1_800_000;
const FARTHEST_SCHEDULE_MS = 720 * 3_600_000;
const LONGEST_URL = 2083;

/** The largest task that is accepted, serialized as it is stored: 1 MiB less 7 bytes. */
const LARGEST_TASK = 1_048_569;

/** The most that names, times, tags and lengths add to the texts and the body of a task. */
const MOST_OVERHEAD = 1_000;

/** What a request says about a task, checked and with every default filled in. */
export type TaskDraft = Omit<NewTask, "id" | "named">;

/**
 * @param task - from a CreateTask request
 * @param now - milliseconds since the epoch
 * @throws RpcError for the first thing that the real service would refuse, or that this emulator has no part for
 */
export function draftTask(task: Task, now: number): TaskDraft {
  if (task.messageType.case === "appEngineHttpRequest") throw unimplemented("Task.appEngineHttpRequest");
  if (task.messageType.case !== "httpRequest") throw invalidArgument("Task.httpRequest is required.");
  const request = taskRequest(task.messageType.value);
  return {
    request,
    createdAt: Math.trunc(now / 1000) * 1000,
    scheduledAt: scheduleTime(task, now),
    deadlineMs: dispatchDeadline(task),
  };
}

/**
 * The size law: it measures the task as it is stored, its generated name and its defaults included.
 *
 * @throws RpcError where the task is too large
 */
export function checkTaskSize({ request, ...task }: NewTask, queue: string): void {
  if (roughSize(request) + queue.length + task.id.length + MOST_OVERHEAD < LARGEST_TASK) return;
  const attempts = { dispatchCount: 0, responseCount: 0, executionCount: 0, failureCount: 0 };
  const record = { ...task, ...attempts, queue, sequence: 0, firstDispatchedAt: undefined, lastAttempt: undefined };
  const size = toBinary(TaskSchema, storedTask(record, request)).length;
  if (size > LARGEST_TASK) throw invalidArgument("Task size too large");
}

function taskRequest(request: HttpRequest): TaskRequest {
  checkUrl(request.url);
  const method = methodName(request.httpMethod);
  if (method === undefined) throw invalidArgument(`HttpRequest.httpMethod: ${request.httpMethod} is no HttpMethod.`);
  if (request.body.length > 0 && !["POST", "PUT", "PATCH"].includes(method)) {
    throw invalidArgument(
      `HttpRequest.body is allowed only if HttpRequest.httpMethod is POST, PUT or PATCH, not ${method}.`,
    );
  }
  const authorization = request.authorizationHeader;
  if (authorization.case === "oauthToken") throw unimplemented("HttpRequest.oauthToken");
  const { serviceAccountEmail = "", audience = "" } = authorization.value ?? {};
  return {
    url: request.url,
    method,
    headers: storedHeaders(request.headers),
    body: request.body,
    oidc: authorization.case === "oidcToken" ? { serviceAccountEmail, audience } : undefined,
  };
}

function checkUrl(url: string): void {
  if (url === "") throw invalidArgument("HttpRequest.url is required.");
  if (!/^https?:\/\//.test(url)) throw invalidArgument("HttpTarget.url must start with 'http://' or 'https://'.");
  // Encoded, a character takes at most nine, so a short URL need not be looked at.
  if (url.length * 9 <= LONGEST_URL) return;
  // The limit counts the URL as it is sent; one that no URL parser takes is accepted, and fails when it is dispatched.
  const length = URL.canParse(url) ? new URL(url).href.length : url.length;
  if (length > LONGEST_URL) throw invalidArgument(`HttpRequest.url must be at most ${LONGEST_URL} characters long.`);
}

function scheduleTime({ scheduleTime: wanted }: Task, now: number): number {
  const scheduledAt = wanted ? msOfTimestamp(wanted) : now;
  if (scheduledAt <= now + FARTHEST_SCHEDULE_MS) return Math.max(scheduledAt, now);
  throw invalidArgument(
    `The Task.scheduleTime, ${pacificTime(scheduledAt)}, is too far in the future. Schedule time must be no more than 720h in the future.`,
  );
}

function dispatchDeadline({ dispatchDeadline: wanted }: Task): number {
  if (!wanted) return DEFAULT_DEADLINE_MS;
  const deadlineMs = Math.trunc(msOfDuration(wanted));
  if (deadlineMs >= SHORTEST_DEADLINE_MS && deadlineMs <= LONGEST_DEADLINE_MS) return deadlineMs;
  throw invalidArgument("Task.dispatchDeadline must be between [15s, 30m].");
}

/** An upper bound: a character takes at most three bytes per UTF-16 unit, and a header at most 12 beside its texts. */
function roughSize({ url, headers, body, oidc }: TaskRequest): number {
  let size = body.length + 3 * url.length;
  for (const [name, value] of Object.entries(headers)) size += 3 * (name.length + value.length) + 12;
  if (oidc) size += 3 * (oidc.serviceAccountEmail.length + oidc.audience.length);
  return size;
}
