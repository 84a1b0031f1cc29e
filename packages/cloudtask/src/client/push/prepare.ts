import { rejectUnknownOptions } from "../../core/check-options.ts";
import { durationMs } from "../../core/duration.ts";
import { PUSHED_HEADER, RETRY_HEADER } from "../../core/headers.ts";
import type { ResolvedRetry } from "../../core/retry-settings.ts";
import { createTaskRetry, retryHeader, type TaskRetry } from "../../core/task-retry.ts";
import { timeInputMs } from "../../core/time-input.ts";
import type { TaskRecord } from "../../execution/registry.ts";
import { encode } from "../../payload/codec.ts";
import type { AppEngineRequest, AppEngineTarget } from "../app-engine.ts";
import { type Route, timeOf } from "../connection.ts";
import type { QueueChoice } from "../queues/client-queues.ts";
import { pickQueue } from "../queues/pick-queue.ts";
import type { ShardedQueue } from "../queues/shard.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import type { Task } from "../tasks/task.ts";
import { checkSchedule } from "./limits.ts";
import type { PushBatches } from "./push-batches.ts";
import type { PushOptions } from "./push-options.ts";
import { pushSettings } from "./push-settings.ts";
import type { PushTrace } from "./push-trace.ts";
import { type Naming, namingOf, type TaskName, taskNamer } from "./task-name.ts";

/** A task definition as pushes need it. */
export interface PushDefaults {
  readonly record: TaskRecord;
  readonly queue: QueueChoice | undefined;
  /** The queue that keeps its discarded tasks; `false` for none, `undefined` for that of the queue or the client. */
  readonly deadLetter: string | false | undefined;
  readonly url: string | undefined;
  /** The audience of its OIDC tokens, if it differs from the client's. */
  readonly audience: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The definition's own deadline, or the client's; `undefined` leaves it to Cloud Tasks. */
  readonly dispatchDeadlineMs: number | undefined;
  readonly idempotent: boolean;
  /** The definition's own retry settings, without the client's. */
  readonly retry: ResolvedRetry;
  /** The naming of its tasks, unless a push sets a name. */
  readonly naming: Naming | undefined;
  /** The definition's own target, or the client's; `undefined` for an HTTP target. */
  readonly appEngine: AppEngineTarget | undefined;
}

/** One call of `task.push()` or `task.execute()`. */
export interface PushRequest {
  readonly task: Task;
  readonly definition: PushDefaults;
  readonly options: PushOptions;
  /** The start of messages: `pushing "…"`. */
  readonly subject: string;
  readonly trace: PushTrace;
  /** Set if the task is pushed together with others. */
  readonly batches?: PushBatches | undefined;
  /** Options of many pushes, whose names were checked before. `options` may add the name of the task. */
  readonly sharedOptions?: PushOptions | undefined;
  /** `true` if the task runs in this process. It then needs no `url`. */
  readonly local?: boolean;
}

/** A push that is checked and complete, except for the project and location of its queue. */
export interface PreparedPush extends TaskName {
  /** The name of the definition. */
  readonly task: string;
  readonly record: TaskRecord;
  readonly queue: string;
  /** The shards of which `queue` was selected at random. */
  readonly randomOf: ShardedQueue | undefined;
  readonly nowMs: number;
  readonly dispatchDeadlineMs: number | undefined;
  /** The URL of the worker. Also set for an App Engine target, for requests in eager mode. */
  readonly url: string;
  readonly appEngine: AppEngineRequest | undefined;
  /** The token that Cloud Tasks attaches. */
  readonly oidcToken: { readonly serviceAccountEmail: string; readonly audience: string } | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** `undefined` if the settings of the queue apply. */
  readonly retry: TaskRetry | undefined;
  readonly body: string;
  readonly signal: AbortSignal | undefined;
  readonly trace: PushTrace;
  readonly route: Route;
  /** Returns the same push with the name of another time; set if the name depends on the time. */
  readonly renamed: ((nowMs: number) => Promise<PreparedPush>) | undefined;
}

const KNOWN: { readonly [Option in keyof Required<PushOptions>]: true } = {
  appEngine: true,
  at: true,
  dedupe: true,
  delay: true,
  dispatchDeadline: true,
  headers: true,
  idempotent: true,
  name: true,
  queue: true,
  retry: true,
  signal: true,
};

const RENAMED = {
  eta: "at",
  schedule_time: "at",
  scheduleTime: "at",
  countdown: "delay",
  timeout: "dispatchDeadline",
  maxAttempts: "retry.maxAttempts",
  attempts: "retry.maxAttempts",
};

/**
 * Checks a push, and decides everything that can be decided before it is sent. Rejects pushes that Cloud Tasks would reject.
 *
 * @throws TypeError, LimitError, PayloadNotSerializableError, PayloadInvalidError
 */
export async function prepare(client: ResolvedOptions, request: PushRequest, route: Route): Promise<PreparedPush> {
  const { definition, options, subject, trace } = request;
  const { payload } = request.task;
  if (request.sharedOptions === undefined) rejectUnknownOptions(options, Object.keys(KNOWN), subject, RENAMED);
  const naming = namingOf(definition.naming, options, subject);
  const timing = { timezone: client.timezone, subject };
  checkedSchedule(options, naming, timing, route.now());
  const local = request.local || route.local || route.eager === "immediate";
  const settings = pushSettings(client, request, local ? client.deployment.localUrl : client.deployment.url);
  const { limits } = settings;
  // Not before the check above: the time of an emulator costs a request, and an invalid push must send none.
  const dependsOnTime = (options.delay ?? naming?.windowMs) !== undefined || Boolean(limits.maxRetryDurationMs);
  const nowMs = dependsOnTime ? await timeOf(route) : route.now();
  const scheduleMs = checkedSchedule(options, naming, timing, nowMs);
  const { name, idempotent = definition.idempotent, signal } = options;
  const { record } = definition;
  // An `await` for a value that is there costs more than the encoding of a small payload.
  const encoded = encode(record, payload, client.serializer);
  const body = typeof encoded === "string" ? encoded : await encoded;
  const nameAt = taskNamer({ definition: record.name, name, naming, idempotent, payload, body }, subject);
  const taskName = nameAt(nowMs);
  const named = taskName instanceof Promise ? await taskName : taskName;
  const dueMs = named.scheduleMs ?? scheduleMs ?? nowMs;
  const retry = createTaskRetry(limits, dueMs);
  const { queue, randomOf } = pickQueue(settings.choice, { spreadBy: named.spreadBy, payload, subject });
  const push: PreparedPush = {
    id: named.id,
    named: named.named,
    supersedes: named.supersedes,
    scheduleMs: named.scheduleMs ?? scheduleMs,
    queue,
    randomOf,
    url: settings.url,
    appEngine: settings.appEngine,
    oidcToken: settings.oidcToken,
    dispatchDeadlineMs: settings.dispatchDeadlineMs,
    task: record.name,
    record,
    nowMs,
    headers: headersOf(settings.headers, nowMs, named.named, retry),
    retry,
    body,
    signal,
    trace,
    route,
    renamed: naming?.windowMs === undefined ? undefined : async (laterMs) => ({ ...push, ...(await nameAt(laterMs)) }),
  };
  return push;
}

/** Adds the headers that differ between the pushes with the same settings. */
function headersOf(
  headers: PreparedPush["headers"],
  nowMs: number,
  named: boolean,
  retry: TaskRetry | undefined,
): PreparedPush["headers"] {
  if (!named && retry === undefined) return headers;
  return {
    ...(retry && { [RETRY_HEADER]: retryHeader(retry) }),
    // A name can be used again after a while. The time of the push then distinguishes the tasks with that name, and the pushes
    // that their handlers defer. Only the worker knows whether a handler defers its pushes, so every named task has this header.
    ...(named && { [PUSHED_HEADER]: new Date(nowMs).toISOString() }),
    ...headers,
  };
}

interface Timing {
  readonly timezone: string;
  readonly subject: string;
}

/** @throws TypeError for a wrong option; LimitError if Cloud Tasks would reject the time */
function checkedSchedule(
  options: PushOptions,
  naming: Naming | undefined,
  timing: Timing,
  nowMs: number,
): number | undefined {
  const scheduleMs = scheduleOf(options, naming, timing, nowMs);
  if (scheduleMs !== undefined) checkSchedule(scheduleMs, nowMs, timing.subject);
  return scheduleMs;
}

function scheduleOf(
  { at, delay }: PushOptions,
  naming: Naming | undefined,
  { timezone, subject }: Timing,
  nowMs: number,
): number | undefined {
  if (at !== undefined && delay !== undefined)
    throw new TypeError(`${subject}: \`at\` and \`delay\` exclude each other`);
  if (naming !== undefined && naming.kind !== "dedupe" && (at ?? delay) !== undefined) {
    throw new TypeError(`${subject}: \`${naming.kind}\` decides when the task runs; remove \`at\` and \`delay\``);
  }
  if (delay !== undefined) return nowMs + durationMs(delay, `${subject}: delay`);
  return at === undefined ? undefined : Math.max(nowMs, timeInputMs(at, timezone, `${subject}: at`));
}
