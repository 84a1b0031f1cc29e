import { toBinary } from "@bufbuild/protobuf";
import type { NewTask } from "../../engine/create-task.ts";
import { type HttpTarget, notAttempted, type TaskRequest } from "../../engine/records.ts";
import { taskMarks } from "../../engine/task-marks.ts";
import { TaskSchema } from "../../gen/google/cloud/tasks/v2/task_pb.ts";
import type { Authorization } from "../authorization.ts";
import { checkRetryConfig } from "../queues/queue-settings.ts";
import { retrySettingsOf } from "../retry-message.ts";
import { badArgument, invalidArgument } from "../rpc-error.ts";
import { msOfDuration, msOfTimestamp, pacificTime } from "../times.ts";
import type { TaskInput } from "./task-input.ts";
import { storedTask } from "./task-parts.ts";
import { taskRequest } from "./task-request.ts";

const DEFAULT_DEADLINE_MS = 600_000;
const SHORTEST_DEADLINE_MS = 15_000;
const LONGEST_DEADLINE_MS = 1_800_000;
const LONGEST_APP_ENGINE_DEADLINE_MS = 86_415_000;
const FARTHEST_SCHEDULE_MS = 720 * 3_600_000;

/** The end of the year 9999, in seconds since the epoch. */
const LAST_SECOND = 253_402_300_799n;

/** The largest task that is accepted, serialized as it is stored: 1 MiB less 7 bytes. */
const LARGEST_TASK = 1_048_569;

/** An upper bound of what names, times, tags and lengths add to the texts and the body of a task. */
const MOST_OVERHEAD = 1_000;

/** The circumstances of a new task. */
export interface DraftContext extends Pick<NewTask, "id" | "named"> {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The target of the task's queue. */
  readonly target: HttpTarget | undefined;
}

/**
 * Checks a new task and fills in its defaults.
 *
 * @throws RpcError for the first value that the real service would reject
 */
export function draftTask(input: TaskInput, { id, named, now, target }: DraftContext): NewTask {
  const request = taskRequest(input.payload, target);
  const retry = input.retryConfig && retrySettingsOf(input.retryConfig);
  if (retry) checkRetryConfig(retry);
  return {
    id,
    named,
    request,
    retry,
    createdAt: Math.trunc(now / 1000) * 1000,
    scheduledAt: scheduleTime(input, now),
    deadlineMs: dispatchDeadline(input, request),
  };
}

/**
 * Checks the size of a task as it is stored, including its generated name and its defaults.
 *
 * @throws RpcError if the task is too large
 */
export function checkTaskSize(newTask: NewTask, queue: string): void {
  if (roughSize(newTask.request) + queue.length + newTask.id.length + MOST_OVERHEAD < LARGEST_TASK) return;
  const { request, ...task } = newTask;
  const record = { ...task, ...notAttempted, ...taskMarks(request), queue, sequence: 0 };
  const size = toBinary(TaskSchema, storedTask(record, request)).length;
  if (size > LARGEST_TASK) throw invalidArgument("Task size too large");
}

function scheduleTime({ scheduleTime: requested }: TaskInput, now: number): number {
  if (!requested) return now;
  if (requested.seconds > LAST_SECOND) throw badArgument();
  const scheduledAt = msOfTimestamp(requested);
  if (scheduledAt <= now + FARTHEST_SCHEDULE_MS) return Math.max(scheduledAt, now);
  throw invalidArgument(
    `The Task.scheduleTime, ${pacificTime(requested)}, is too far in the future. Schedule time must be no more than 720h in the future.`,
  );
}

function dispatchDeadline({ dispatchDeadline: requested }: TaskInput, { kind }: TaskRequest): number {
  if (!requested) return DEFAULT_DEADLINE_MS;
  const deadlineMs = msOfDuration(requested);
  if (kind === "appEngine" && deadlineMs === 0) return DEFAULT_DEADLINE_MS;
  const longest = kind === "appEngine" ? LONGEST_APP_ENGINE_DEADLINE_MS : LONGEST_DEADLINE_MS;
  if (deadlineMs >= SHORTEST_DEADLINE_MS && deadlineMs <= longest) return Math.trunc(deadlineMs);
  throw invalidArgument(`Task.dispatchDeadline must be between [15s, ${kind === "appEngine" ? "24h15s" : "30m"}].`);
}

/** An upper bound: a UTF-16 unit takes at most three bytes, and a header at most 12 bytes besides its name and value. */
function roughSize(request: TaskRequest): number {
  const { headers } = request;
  let characters = 0;
  for (const name of Object.keys(headers)) characters += name.length + (headers[name] ?? "").length + 4;
  if (request.kind === "http") {
    characters += request.url.length + authorizationSize(request.authorization);
  } else {
    const { service, version, instance } = request.routing;
    // The routing is stored twice: in its own fields and in the host.
    characters += request.relativeUri.length + 2 * (service.length + version.length + instance.length);
  }
  return request.body.length + 3 * characters;
}

function authorizationSize(authorization: Authorization | undefined): number {
  if (!authorization) return 0;
  const detail = authorization.kind === "oidc" ? authorization.audience : authorization.scope;
  return authorization.serviceAccountEmail.length + detail.length;
}
