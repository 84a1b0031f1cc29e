import { rejectUnknownOptions } from "../../core/check-options.ts";
import { durationMs } from "../../core/duration.ts";
import { PUSHED_HEADER, RETRY_HEADER } from "../../core/headers.ts";
import type { ResolvedRetry } from "../../core/retry-settings.ts";
import { createTaskRetry, retryHeader, type TaskRetry } from "../../core/task-retry.ts";
import { timeInputMs } from "../../core/time-input.ts";
import type { TaskRecord } from "../../execution/registry.ts";
import { encode } from "../../payload/encode.ts";
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
import { type PushSettings, pushSettings } from "./push-settings.ts";
import type { PushTrace } from "./push-trace.ts";
import { type NameAt, type Naming, namingOf, type TaskName, taskNamer } from "./task-name.ts";

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

const KNOWN_NAMES: readonly string[] = /* @__PURE__ */ Object.keys(KNOWN);

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
export function prepare(
  client: ResolvedOptions,
  request: PushRequest,
  route: Route,
): PreparedPush | Promise<PreparedPush> {
  const { definition, options, subject } = request;
  if (request.sharedOptions === undefined) rejectUnknownOptions(options, KNOWN_NAMES, subject, RENAMED);
  const naming = namingOf(definition.naming, options, subject);
  const timing = { timezone: client.timezone, subject };
  const nowMs = route.now();
  const scheduleMs = checkedSchedule(options, naming, timing, nowMs);
  const local = request.local || route.local || route.eager === "immediate";
  const settings = pushSettings(client, request, local ? client.deployment.localUrl : client.deployment.url);
  const draft: Draft = { client, request, route, settings, naming };
  // Not before the checks above: the time of an emulator costs a request, and an invalid push must send none.
  const dependsOnTime =
    (options.delay ?? naming?.windowMs) !== undefined || Boolean(settings.limits.maxRetryDurationMs);
  if (dependsOnTime) {
    return timeOf(route).then((ms) => encoded(draft, ms, checkedSchedule(options, naming, timing, ms)));
  }
  return encoded(draft, nowMs, scheduleMs);
}

/** A push whose options are checked. */
interface Draft {
  readonly client: ResolvedOptions;
  readonly request: PushRequest;
  readonly route: Route;
  readonly settings: PushSettings;
  readonly naming: Naming | undefined;
}

function encoded(draft: Draft, nowMs: number, scheduleMs: number | undefined): PreparedPush | Promise<PreparedPush> {
  const { client, request } = draft;
  const body = encode(request.definition.record, request.task.payload, client.serializer);
  return typeof body === "string"
    ? named(draft, body, nowMs, scheduleMs)
    : body.then((text) => named(draft, text, nowMs, scheduleMs));
}

function named(
  draft: Draft,
  body: string,
  nowMs: number,
  scheduleMs: number | undefined,
): PreparedPush | Promise<PreparedPush> {
  const { request, naming } = draft;
  const { definition, options, subject, task } = request;
  const { name, idempotent = definition.idempotent } = options;
  const { payload } = task;
  const nameAt = taskNamer({ definition: definition.record.name, name, naming, idempotent, payload, body }, subject);
  const taskName = nameAt(nowMs);
  return taskName instanceof Promise
    ? taskName.then((each) => completed(draft, { body, nowMs, scheduleMs, nameAt, taskName: each }))
    : completed(draft, { body, nowMs, scheduleMs, nameAt, taskName });
}

interface Parts {
  readonly body: string;
  readonly nowMs: number;
  readonly scheduleMs: number | undefined;
  readonly taskName: TaskName;
  readonly nameAt: NameAt;
}

function completed(draft: Draft, parts: Parts): PreparedPush {
  const push = preparedPush(draft, parts);
  if (draft.naming?.windowMs === undefined) return push;
  return { ...push, renamed: async (laterMs) => ({ ...push, ...(await parts.nameAt(laterMs)) }) };
}

function preparedPush(draft: Draft, parts: Parts): PreparedPush {
  const { body, nowMs, taskName } = parts;
  const { request, settings, route } = draft;
  const { definition, subject, task } = request;
  const { id, spreadBy, supersedes, scheduleMs = parts.scheduleMs } = taskName;
  const retry = createTaskRetry(settings.limits, scheduleMs ?? nowMs);
  const { queue, randomOf } = pickQueue(settings.choice, { spreadBy, payload: task.payload, subject });
  return {
    id,
    named: taskName.named,
    supersedes,
    scheduleMs,
    queue,
    randomOf,
    url: settings.url,
    appEngine: settings.appEngine,
    oidcToken: settings.oidcToken,
    dispatchDeadlineMs: settings.dispatchDeadlineMs,
    task: definition.record.name,
    record: definition.record,
    nowMs,
    headers: headersOf(settings.headers, nowMs, taskName.named, retry),
    retry,
    body,
    signal: request.options.signal,
    trace: request.trace,
    route,
    renamed: undefined,
  };
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
    throw new TypeError(`${subject}: \`at\` and \`delay\` cannot be combined`);
  if (naming !== undefined && naming.kind !== "dedupe" && (at ?? delay) !== undefined) {
    throw new TypeError(`${subject}: \`${naming.kind}\` decides when the task runs; remove \`at\` and \`delay\``);
  }
  if (delay !== undefined) return nowMs + durationMs(delay, `${subject}: delay`);
  return at === undefined ? undefined : Math.max(nowMs, timeInputMs(at, timezone, `${subject}: at`));
}
