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
import type { ResolvedOptions } from "../resolve-options.ts";
import { checkDispatchDeadline, checkSchedule } from "./limits.ts";
import { type Naming, namingOf } from "./naming-options.ts";
import type { PushOptions } from "./push-options.ts";
import { type PushTrace, TRACE, type TracedPushOptions } from "./push-trace.ts";
import type { Route } from "./route.ts";
import { type NamedBy, type TaskName, taskNamer } from "./task-name.ts";

/** What pushing needs of a definition, beside what running it needs. */
export interface PushDefaults {
  readonly record: TaskRecord;
  readonly queue: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The definition's own deadline, or the client's; `undefined` leaves it to Cloud Tasks. */
  readonly dispatchDeadlineMs: number | undefined;
  readonly idempotent: boolean;
  /** How its tasks are named where a push says nothing of it. */
  readonly naming: Naming | undefined;
  /** The definition's own target, or the client's; `undefined` for an HTTP target. */
  readonly appEngine: AppEngineTarget | undefined;
  /** Whether its handler's pushes are held until it has succeeded. */
  readonly deferPushes: boolean;
}

/** A push with everything decided but where the project is. */
export interface PreparedPush extends TaskName {
  /** The name of the definition. */
  readonly task: string;
  readonly record: TaskRecord;
  readonly queue: string;
  readonly nowMs: number;
  readonly dispatchDeadlineMs: number | undefined;
  /** Where the worker is reached without Cloud Tasks, also for an App Engine target. */
  readonly url: string;
  readonly appEngine: AppEngineRequest | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal | undefined;
  readonly trace: PushTrace;
  /** Where it goes. */
  readonly route: Route;
  /** The same push under the name of another moment, where its name depends on that. */
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
 * Decides everything about a push that can be decided here, and refuses what Cloud Tasks would refuse.
 *
 * @param client - the client's options
 * @param definition - the definition's
 * @param payload - the payload
 * @param options - the push's own
 * @param doing - what is being done, for messages (`pushing "…"`), and where it goes
 * @returns what is to be sent
 * @throws TypeError, LimitError, PayloadNotSerializableError, PayloadInvalidError
 */
export async function prepare(
  client: ResolvedOptions,
  definition: PushDefaults,
  payload: unknown,
  options: TracedPushOptions,
  { what, route }: { readonly what: string; readonly route: Route },
): Promise<PreparedPush> {
  const nowMs = route.now();
  rejectUnknownOptions(options, Object.keys(KNOWN), what, RENAMED);
  const naming = namingOf(definition.naming, options, what);
  const scheduleMs = scheduleOf(options, naming, { timezone: client.timezone, nowMs, what });
  if (scheduleMs !== undefined) checkSchedule(scheduleMs, nowMs, what);
  const target = targetOf(client, definition, options, what);
  const { name, idempotent = definition.idempotent } = options;
  const task = definition.record.name;
  const body = await encode(definition.record, payload, client.serializer);
  const by: NamedBy = { definition: task, name, naming, idempotent, payload, body };
  const nameAt = taskNamer(by, what);
  const named = await nameAt(nowMs);
  const push: PreparedPush = {
    scheduleMs,
    ...named,
    ...target,
    task,
    record: definition.record,
    queue: queueOf(client, definition, options, what),
    nowMs,
    headers: headersOf(client, definition, options, { nowMs, named: named.named, what }),
    body,
    signal: options.signal,
    trace: options[TRACE] ?? { mayExist: false },
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
    // A name is used again once it is free; what the handlers of its tasks push must be told apart all the same, and whether
    // they hold it is known where they run.
    named ? { [PUSHED_HEADER]: new Date(nowMs).toISOString() } : {},
    client.headers,
    definition.headers,
    checkHeaders(headers, what),
    // Last, so that nothing above can replace it.
    client.secrets[0] === undefined ? {} : { [client.secretHeader]: client.secrets[0] },
  );
  return rejectAuthorization(merged, client.serviceAccount, what);
}

/** Where the task goes, and how long it may take there. */
function targetOf(
  client: ResolvedOptions,
  definition: PushDefaults,
  options: PushOptions,
  what: string,
): Pick<PreparedPush, "url" | "appEngine" | "dispatchDeadlineMs"> {
  const own = checkAppEngine(options.appEngine, what);
  const appEngine = mergeAppEngine(definition.appEngine, own);
  const deadline = options.dispatchDeadline ?? definition.dispatchDeadlineMs;
  // What was right for the definition's target need not be for the push's own.
  const inherited = options.dispatchDeadline === undefined && own === undefined;
  const dispatchDeadlineMs =
    deadline === undefined || inherited
      ? definition.dispatchDeadlineMs
      : checkDispatchDeadline(deadline, appEngine === undefined ? "http" : "appEngine", what);
  const url = definition.url ?? client.url;
  if (appEngine === undefined) return { url, appEngine, dispatchDeadlineMs };
  checkAppEngineCaller(appEngine, client, what);
  const request = appEngineRequest(appEngine, url);
  return { url: new URL(url).origin + request.relativeUri, appEngine: request, dispatchDeadlineMs };
}

/** What decides when a push is to run. */
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
  if (at !== undefined && delay !== undefined) throw new TypeError(`${what}: give "at" or "delay", not both`);
  if (naming !== undefined && naming.kind !== "dedupe" && (at ?? delay) !== undefined) {
    throw new TypeError(`${what}: \`${naming.kind}\` decides when the task runs; remove \`at\` and \`delay\``);
  }
  if (delay !== undefined) return nowMs + durationMs(delay, `${what}: delay`);
  return at === undefined ? undefined : Math.max(nowMs, timeInputMs(at, timezone, `${what}: at`));
}

function queueOf(client: ResolvedOptions, definition: PushDefaults, options: PushOptions, what: string): string {
  const asked = options.queue === undefined ? definition.queue : checkQueueId(options.queue, what);
  return client.forceToQueue ?? asked ?? client.queue;
}
