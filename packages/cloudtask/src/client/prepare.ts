import { checkBoolean, refuseUnknown } from "../core/check-options.ts";
import { durationJson, durationMs } from "../core/duration.ts";
import { checkHeaders, DEADLINE_HEADER, mergeHeaders, NAME_HEADER } from "../core/headers.ts";
import { momentMs } from "../core/moment.ts";
import { checkQueueId } from "../core/resource-name.ts";
import { taskIdFor } from "../core/task-id.ts";
import type { TaskRecord } from "../execution/registry.ts";
import { encode } from "../payload/codec.ts";
import { checkDispatchDeadline, checkSchedule } from "./limits.ts";
import type { PushOptions } from "./push-options.ts";
import { type PushTrace, TRACE, type TracedPushOptions } from "./push-trace.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/** What pushing needs of a definition, beside what running it needs. */
export interface PushDefaults {
  readonly record: TaskRecord;
  readonly queue: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The definition's own deadline, or the client's; `undefined` leaves it to Cloud Tasks. */
  readonly dispatchDeadlineMs: number | undefined;
  readonly idempotent: boolean;
}

/** A push with everything decided but where the project is. */
export interface PreparedPush {
  readonly task: string;
  readonly queue: string;
  /** `undefined` where Cloud Tasks will pick one. */
  readonly id: string | undefined;
  /** Whether the caller named it, so that a taken name means a duplicate. */
  readonly named: boolean;
  readonly scheduleMs: number | undefined;
  readonly nowMs: number;
  readonly dispatchDeadlineMs: number | undefined;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal | undefined;
  readonly trace: PushTrace;
}

const KNOWN: { readonly [Option in keyof Required<PushOptions>]: true } = {
  at: true,
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
 * @param what - what is being done, for messages: `pushing "…"`
 * @returns what is to be sent
 * @throws TypeError, LimitError, PayloadNotSerializableError, PayloadInvalidError
 */
export async function prepare(
  client: ResolvedOptions,
  definition: PushDefaults,
  payload: unknown,
  options: TracedPushOptions,
  what: string,
): Promise<PreparedPush> {
  const nowMs = Date.now();
  const task = definition.record.name;
  refuseUnknown(options, Object.keys(KNOWN), what, RENAMED);
  const scheduleMs = scheduleOf(options, client.timezone, nowMs, what);
  if (scheduleMs !== undefined) checkSchedule(scheduleMs, nowMs, what);
  const own =
    options.dispatchDeadline === undefined ? undefined : checkDispatchDeadline(options.dispatchDeadline, what);
  return {
    task,
    queue: queueOf(client, definition, options, what),
    id: await idOf(definition, options, what),
    named: options.name !== undefined,
    scheduleMs,
    nowMs,
    dispatchDeadlineMs: own ?? definition.dispatchDeadlineMs,
    url: definition.url ?? client.url,
    headers: mergeHeaders(
      { "Content-Type": "application/json", [NAME_HEADER]: task },
      own === undefined ? {} : { [DEADLINE_HEADER]: durationJson(own) },
      client.headers,
      definition.headers,
      checkHeaders(options.headers ?? {}, what),
      // Last, so that nothing above can replace it.
      client.secrets[0] === undefined ? {} : { [client.secretHeader]: client.secrets[0] },
    ),
    body: await encode(definition.record, payload, client.serializer),
    signal: options.signal,
    trace: options[TRACE] ?? { mayExist: false },
  };
}

function scheduleOf(options: PushOptions, timezone: string, nowMs: number, what: string): number | undefined {
  const { at, delay } = options;
  if (at !== undefined && delay !== undefined) throw new TypeError(`${what}: give "at" or "delay", not both`);
  if (delay !== undefined) return nowMs + durationMs(delay, `${what}: delay`);
  return at === undefined ? undefined : Math.max(nowMs, momentMs(at, timezone, `${what}: at`));
}

function queueOf(client: ResolvedOptions, definition: PushDefaults, options: PushOptions, what: string): string {
  const asked = options.queue === undefined ? definition.queue : checkQueueId(options.queue, what);
  return client.forceToQueue ?? asked ?? client.queue;
}

async function idOf(definition: PushDefaults, options: PushOptions, what: string): Promise<string | undefined> {
  const { name, idempotent = definition.idempotent } = options;
  if (name === undefined) return checkBoolean(idempotent, `${what}: idempotent`) ? crypto.randomUUID() : undefined;
  if (typeof name === "string" && name !== "") return taskIdFor(definition.record.name, name);
  throw new TypeError(`${what}: name must be a string that is not empty, received ${JSON.stringify(name)}`);
}
