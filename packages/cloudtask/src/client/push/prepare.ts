import { rejectUnknownOptions } from "../../core/check-options.ts";
import { durationJson, durationMs } from "../../core/duration.ts";
import {
  APP_ENGINE_HEADER,
  checkHeaders,
  DEADLINE_HEADER,
  mergeHeaders,
  NAME_HEADER,
  OWN_HEADERS_HEADER,
  PUSHED_HEADER,
  RETRY_HEADER,
  rejectAuthorization,
} from "../../core/headers.ts";
import { checkRetry, mergeRetry, type ResolvedRetry } from "../../core/retry-settings.ts";
import { createTaskRetry, retryHeader, type TaskRetry } from "../../core/task-retry.ts";
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
import { type Route, timeOf } from "../connection.ts";
import type { QueueChoice } from "../queues/client-queues.ts";
import { pickQueue } from "../queues/pick-queue.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import type { Task } from "../tasks/task.ts";
import { checkDispatchDeadline, checkSchedule } from "./limits.ts";
import type { PushBatches } from "./push-batches.ts";
import type { PushOptions } from "./push-options.ts";
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
  /** `true` if the task runs in this process. It then needs no `url`. */
  readonly local?: boolean;
}

/** A push that is checked and complete, except for the project and location of its queue. */
export interface PreparedPush extends TaskName {
  /** The name of the definition. */
  readonly task: string;
  readonly record: TaskRecord;
  readonly queue: string;
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
  rejectUnknownOptions(options, Object.keys(KNOWN), subject, RENAMED);
  const naming = namingOf(definition.naming, options, subject);
  const timing = { timezone: client.timezone, subject };
  checkedSchedule(options, naming, { ...timing, nowMs: route.now() });
  const choice = queueOf(client, definition, options, subject);
  const limits = retryOf(client, definition, options, { choice, subject });
  // Not before the check above: the time of an emulator costs a request, and an invalid push must send none.
  const dependsOnTime = (options.delay ?? naming?.windowMs) !== undefined || Boolean(limits.maxRetryDurationMs);
  const nowMs = dependsOnTime ? await timeOf(route) : route.now();
  const scheduleMs = checkedSchedule(options, naming, { ...timing, nowMs });
  const local = request.local || route.local || route.eager === "immediate";
  const clientUrl = local ? client.deployment.localUrl : client.deployment.url;
  const target = targetOf(client, definition, options, { clientUrl, subject });
  const { name, idempotent = definition.idempotent, signal } = options;
  const { record } = definition;
  const body = await encode(record, payload, client.serializer);
  const nameAt = taskNamer({ definition: record.name, name, naming, idempotent, payload, body }, subject);
  const named = await nameAt(nowMs);
  const dueMs = named.scheduleMs ?? scheduleMs ?? nowMs;
  const retry = createTaskRetry(limits, dueMs);
  const headers = headersOf(client, definition, options, { nowMs, named: named.named, retry, subject });
  const { spreadBy } = named;
  const queue = pickQueue(choice, { spreadBy, payload, subject });
  const push: PreparedPush = {
    scheduleMs,
    ...named,
    ...target,
    task: record.name,
    record,
    queue,
    nowMs,
    headers,
    retry,
    body,
    signal,
    trace,
    route,
    renamed: naming?.windowMs === undefined ? undefined : async (laterMs) => ({ ...push, ...(await nameAt(laterMs)) }),
  };
  return push;
}

/** Merges the retry settings of the client, the queue's description, the definition and the push. */
function retryOf(
  client: ResolvedOptions,
  definition: PushDefaults,
  options: PushOptions,
  { choice, subject }: { readonly choice: QueueChoice; readonly subject: string },
): ResolvedRetry {
  const inherited = mergeRetry(client.retry, client.queues.retryOf(choice), definition.retry);
  return checkRetry(options.retry, subject, inherited);
}

/** The properties of a push that its headers contain. */
interface PushFacts extends Pick<PreparedPush, "nowMs" | "named" | "retry"> {
  readonly subject: string;
}

function headersOf(
  client: ResolvedOptions,
  definition: PushDefaults,
  options: PushOptions,
  { nowMs, named, retry, subject }: PushFacts,
): PreparedPush["headers"] {
  const { appEngine, dispatchDeadline, headers = {} } = options;
  const ownNames = Object.keys(headers).filter((name) => name.toLowerCase() !== client.secretHeader.toLowerCase());
  const [secret] = client.deployment.secrets;
  const merged = mergeHeaders(
    { "Content-Type": "application/json", [NAME_HEADER]: definition.record.name },
    dispatchDeadline === undefined ? {} : { [DEADLINE_HEADER]: durationJson(durationMs(dispatchDeadline, subject)) },
    retry === undefined ? {} : { [RETRY_HEADER]: retryHeader(retry) },
    // A name can be used again after a while. The time of the push then distinguishes the tasks with that name, and the pushes
    // that their handlers defer. Only the worker knows whether a handler defers its pushes, so every named task has this header.
    named ? { [PUSHED_HEADER]: new Date(nowMs).toISOString() } : {},
    // The worker knows the options of the client and of the definition, but not those of a single push.
    ownNames.length === 0 ? {} : { [OWN_HEADERS_HEADER]: ownNames.join(",") },
    appEngine ? { [APP_ENGINE_HEADER]: JSON.stringify(appEngine) } : {},
    client.headers,
    definition.headers,
    checkHeaders(headers, subject),
    // Last: no header above may replace the secret.
    secret === undefined ? {} : { [client.secretHeader]: secret },
  );
  return rejectAuthorization(merged, client.deployment.serviceAccounts[0], subject);
}

/** The target of the task, and its deadline there. */
function targetOf(
  client: ResolvedOptions,
  definition: PushDefaults,
  options: PushOptions,
  { clientUrl, subject }: { readonly clientUrl: string; readonly subject: string },
): Pick<PreparedPush, "url" | "appEngine" | "dispatchDeadlineMs" | "oidcToken"> {
  const { audience, serviceAccounts } = client.deployment;
  const [serviceAccount] = serviceAccounts;
  const own = checkAppEngine(options.appEngine, subject);
  const appEngine = mergeAppEngine(definition.appEngine, own);
  const deadline = options.dispatchDeadline ?? definition.dispatchDeadlineMs;
  // The definition's deadline was checked for the definition's target; a push with its own target needs another check.
  const inherited = options.dispatchDeadline === undefined && own === undefined;
  const dispatchDeadlineMs =
    deadline === undefined || inherited
      ? definition.dispatchDeadlineMs
      : checkDispatchDeadline(deadline, appEngine === undefined ? "http" : "appEngine", subject);
  const url = definition.url ?? clientUrl;
  if (appEngine === undefined) {
    const oidcToken =
      serviceAccount === undefined
        ? undefined
        : { serviceAccountEmail: serviceAccount, audience: definition.audience ?? audience ?? clientUrl };
    return { url, appEngine, dispatchDeadlineMs, oidcToken };
  }
  checkAppEngineCaller(appEngine, serviceAccount, subject);
  const request = appEngineRequest(appEngine, url);
  const origin = new URL(url).origin;
  return { url: origin + request.relativeUri, appEngine: request, dispatchDeadlineMs, oidcToken: undefined };
}

interface Timing {
  readonly timezone: string;
  readonly nowMs: number;
  readonly subject: string;
}

/** @throws TypeError for a wrong option; LimitError if Cloud Tasks would reject the time */
function checkedSchedule(options: PushOptions, naming: Naming | undefined, timing: Timing): number | undefined {
  const scheduleMs = scheduleOf(options, naming, timing);
  if (scheduleMs !== undefined) checkSchedule(scheduleMs, timing.nowMs, timing.subject);
  return scheduleMs;
}

function scheduleOf(
  options: PushOptions,
  naming: Naming | undefined,
  { timezone, nowMs, subject }: Timing,
): number | undefined {
  const { at, delay } = options;
  if (at !== undefined && delay !== undefined)
    throw new TypeError(`${subject}: \`at\` and \`delay\` exclude each other`);
  if (naming !== undefined && naming.kind !== "dedupe" && (at ?? delay) !== undefined) {
    throw new TypeError(`${subject}: \`${naming.kind}\` decides when the task runs; remove \`at\` and \`delay\``);
  }
  if (delay !== undefined) return nowMs + durationMs(delay, `${subject}: delay`);
  return at === undefined ? undefined : Math.max(nowMs, timeInputMs(at, timezone, `${subject}: at`));
}

function queueOf(
  client: ResolvedOptions,
  definition: PushDefaults,
  options: PushOptions,
  subject: string,
): QueueChoice {
  const own = options.queue === undefined ? definition.queue : client.queues.check(options.queue, `${subject}: queue`);
  const queue = client.forceToQueue ?? own ?? client.queue;
  if (queue !== undefined) return queue;
  throw new TypeError(
    `${subject}: no queue is set, and the client's \`queues\` have no queue "default". Set \`queue\` on the client, the ` +
      "definition or the push.",
  );
}
