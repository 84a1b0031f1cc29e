import { rejectUnknownOptions } from "../../core/check-options.ts";
import { durationJson, durationMs } from "../../core/duration.ts";
import {
  checkHeaders,
  DEADLINE_HEADER,
  mergeHeaders,
  NAME_HEADER,
  PUSHED_HEADER,
  rejectAuthorization,
} from "../../core/headers.ts";
import { checkQueueId } from "../../core/resource-name.ts";
import { timeInputMs } from "../../core/time-input.ts";
import type { TaskRecord } from "../../execution/registry.ts";
import { encode } from "../../payload/codec.ts";
import {
  type AppEngineRequest,
  type AppEngineTarget,
  appEngineRequest,
  checkAppEngine,
  checkAppEngineCaller,
  mergeAppEngine,
} from "../app-engine.ts";
import type { Route } from "../connection.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import type { Task } from "../tasks/task.ts";
import { checkDispatchDeadline, checkSchedule } from "./limits.ts";
import type { PushOptions } from "./push-options.ts";
import type { PushTrace } from "./push-trace.ts";
import { type Naming, namingOf, type TaskName, taskNamer } from "./task-name.ts";

/** A task definition as pushes need it. */
export interface PushDefaults {
  readonly record: TaskRecord;
  readonly queue: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The definition's own deadline, or the client's; `undefined` leaves it to Cloud Tasks. */
  readonly dispatchDeadlineMs: number | undefined;
  readonly idempotent: boolean;
  /** How its tasks are named, unless a push sets a name. */
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
  readonly what: string;
  readonly trace: PushTrace;
}

/** A push that is checked and complete, except for the project and location of its queue. */
export interface PreparedPush extends TaskName {
  /** The name of the definition. */
  readonly task: string;
  readonly record: TaskRecord;
  readonly queue: string;
  readonly nowMs: number;
  readonly dispatchDeadlineMs: number | undefined;
  /** The worker's address for a request that Cloud Tasks does not send; also set for an App Engine target. */
  readonly url: string;
  readonly appEngine: AppEngineRequest | undefined;
  /** The token that Cloud Tasks attaches. */
  readonly oidcToken: { readonly serviceAccountEmail: string; readonly audience: string } | undefined;
  readonly headers: Readonly<Record<string, string>>;
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
  signal: true,
};

const RENAMED = { eta: "at", schedule_time: "at", scheduleTime: "at", countdown: "delay", timeout: "dispatchDeadline" };

/**
 * Checks a push, and decides everything that can be decided before it is sent. Rejects what Cloud Tasks would reject.
 *
 * @throws TypeError, LimitError, PayloadNotSerializableError, PayloadInvalidError
 */
export async function prepare(client: ResolvedOptions, request: PushRequest, route: Route): Promise<PreparedPush> {
  const { definition, options, what, trace } = request;
  const { payload } = request.task;
  const nowMs = route.now();
  rejectUnknownOptions(options, Object.keys(KNOWN), what, RENAMED);
  const naming = namingOf(definition.naming, options, what);
  const scheduleMs = scheduleOf(options, naming, { timezone: client.timezone, nowMs, what });
  if (scheduleMs !== undefined) checkSchedule(scheduleMs, nowMs, what);
  const target = targetOf(client, definition, options, what);
  const { name, idempotent = definition.idempotent, signal } = options;
  const { record } = definition;
  const body = await encode(record, payload, client.serializer);
  const nameAt = taskNamer({ definition: record.name, name, naming, idempotent, payload, body }, what);
  const named = await nameAt(nowMs);
  const headers = headersOf(client, definition, options, { nowMs, named: named.named, what });
  const queue = queueOf(client, definition, options, what);
  const push: PreparedPush = {
    scheduleMs,
    ...named,
    ...target,
    task: record.name,
    record,
    queue,
    nowMs,
    headers,
    body,
    signal,
    trace,
    route,
    renamed: naming?.windowMs === undefined ? undefined : async (laterMs) => ({ ...push, ...(await nameAt(laterMs)) }),
  };
  return push;
}

function headersOf(
  client: ResolvedOptions,
  definition: PushDefaults,
  options: PushOptions,
  { nowMs, named, what }: { readonly nowMs: number; readonly named: boolean; readonly what: string },
): PreparedPush["headers"] {
  const { dispatchDeadline, headers = {} } = options;
  const merged = mergeHeaders(
    { "Content-Type": "application/json", [NAME_HEADER]: definition.record.name },
    dispatchDeadline === undefined ? {} : { [DEADLINE_HEADER]: durationJson(durationMs(dispatchDeadline, what)) },
    // A name can be used again after a while. The time of the push distinguishes the deferred pushes of those tasks' handlers;
    // only the worker knows whether a handler defers its pushes, so every named task carries it.
    named ? { [PUSHED_HEADER]: new Date(nowMs).toISOString() } : {},
    client.headers,
    definition.headers,
    checkHeaders(headers, what),
    // Last: no header above may replace the secret.
    client.secrets[0] === undefined ? {} : { [client.secretHeader]: client.secrets[0] },
  );
  return rejectAuthorization(merged, client.serviceAccount, what);
}

/** The target of the task, and its deadline there. */
function targetOf(
  client: ResolvedOptions,
  definition: PushDefaults,
  options: PushOptions,
  what: string,
): Pick<PreparedPush, "url" | "appEngine" | "dispatchDeadlineMs" | "oidcToken"> {
  const own = checkAppEngine(options.appEngine, what);
  const appEngine = mergeAppEngine(definition.appEngine, own);
  const deadline = options.dispatchDeadline ?? definition.dispatchDeadlineMs;
  // The definition's deadline was checked for the definition's target; a push with its own target needs another check.
  const inherited = options.dispatchDeadline === undefined && own === undefined;
  const dispatchDeadlineMs =
    deadline === undefined || inherited
      ? definition.dispatchDeadlineMs
      : checkDispatchDeadline(deadline, appEngine === undefined ? "http" : "appEngine", what);
  const url = definition.url ?? client.url;
  if (appEngine === undefined) return { url, appEngine, dispatchDeadlineMs, oidcToken: oidcTokenOf(client) };
  checkAppEngineCaller(appEngine, client, what);
  const request = appEngineRequest(appEngine, url);
  const origin = new URL(url).origin;
  return { url: origin + request.relativeUri, appEngine: request, dispatchDeadlineMs, oidcToken: undefined };
}

function oidcTokenOf({ serviceAccount, audience }: ResolvedOptions): PreparedPush["oidcToken"] {
  return serviceAccount === undefined ? undefined : { serviceAccountEmail: serviceAccount, audience };
}

interface Timing {
  readonly timezone: string;
  readonly nowMs: number;
  readonly what: string;
}

function scheduleOf(
  options: PushOptions,
  naming: Naming | undefined,
  { timezone, nowMs, what }: Timing,
): number | undefined {
  const { at, delay } = options;
  if (at !== undefined && delay !== undefined) throw new TypeError(`${what}: \`at\` and \`delay\` exclude each other`);
  if (naming !== undefined && naming.kind !== "dedupe" && (at ?? delay) !== undefined) {
    throw new TypeError(`${what}: \`${naming.kind}\` decides when the task runs; remove \`at\` and \`delay\``);
  }
  if (delay !== undefined) return nowMs + durationMs(delay, `${what}: delay`);
  return at === undefined ? undefined : Math.max(nowMs, timeInputMs(at, timezone, `${what}: at`));
}

function queueOf(client: ResolvedOptions, definition: PushDefaults, options: PushOptions, what: string): string {
  const queue = options.queue === undefined ? definition.queue : checkQueueId(options.queue, what);
  return client.forceToQueue ?? queue ?? client.queue;
}
