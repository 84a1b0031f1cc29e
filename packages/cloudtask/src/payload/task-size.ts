import { DEFAULT_RETRY, type ResolvedRetry } from "../core/retry-settings.ts";

/** The parts of a task that count towards its size. */
export interface SizedTask {
  readonly queueName: string;
  /** The task's id; `undefined` if Cloud Tasks generates it. */
  readonly id: string | undefined;
  readonly scheduleMs: number | undefined;
  readonly dispatchDeadlineMs: number;
  /** The task's own retry settings. */
  readonly retry?: ResolvedRetry | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
  readonly target: HttpTarget | AppEngineTarget;
}

interface HttpTarget {
  readonly kind: "http";
  readonly url: string;
  readonly oidcToken: { readonly serviceAccountEmail: string; readonly audience: string } | undefined;
}

interface AppEngineTarget {
  readonly kind: "appEngine";
  readonly relativeUri: string;
  readonly routing: { readonly [part in "service" | "version" | "instance"]?: string | undefined };
}

/** The maximum size of a stored task, as protobuf. Other projects measured it on the real service, for both target types. */
export const MAX_TASK_BYTES = 1_048_569;

/** The maximum length of an id that Cloud Tasks generates: a decimal 64-bit number. */
const GENERATED_ID_BYTES = 20;

/** The header that Cloud Tasks stores with every task. */
const STORED_USER_AGENT = {
  http: "Google-Cloud-Tasks",
  appEngine: "AppEngine-Google; (+http://code.google.com/appengine)",
} as const;

/** The field `http_method`: a tag and a small number. */
const METHOD_BYTES = 2;

/**
 * Computes the size of a task as Cloud Tasks does: the bytes of the stored `google.cloud.tasks.v2.Task` as protobuf, with the
 * times and headers that the service adds. A task of `MAX_TASK_BYTES` is accepted; one more byte is rejected.
 *
 * @param task - the task to create
 * @param nowMs - the current time: it becomes the create time, and the schedule time if the task has none
 * @returns bytes
 */
export function storedTaskBytes(task: SizedTask, nowMs: number): number {
  const id = task.id === undefined ? GENERATED_ID_BYTES : utf8(task.id);
  return (
    field(utf8(task.queueName) + "/tasks/".length + id) +
    field(timestamp(task.scheduleMs ?? nowMs)) +
    field(timestamp(Math.floor(nowMs / 1000) * 1000)) +
    field(timestamp(task.dispatchDeadlineMs)) +
    (task.retry === undefined ? 0 : field(retryConfig(task.retry))) +
    field(request(task))
  );
}

/** The service stores its defaults for missing settings. */
function retryConfig(retry: ResolvedRetry): number {
  const { maxAttempts, maxDoublings, minBackoffMs, maxBackoffMs, maxRetryDurationMs } = { ...DEFAULT_RETRY, ...retry };
  const durations = [minBackoffMs, maxBackoffMs, maxRetryDurationMs].filter((ms) => ms > 0);
  return 2 + varint(maxAttempts) + varint(maxDoublings) + durations.reduce((sum, ms) => sum + field(timestamp(ms)), 0);
}

function request({ headers, bodyBytes, target, queueName }: SizedTask): number {
  const stored: Record<string, string> = { ...headers, "User-Agent": STORED_USER_AGENT[target.kind] };
  // Only App Engine tasks store this header, and only with a body.
  if (target.kind === "appEngine" && bodyBytes > 0) stored["Content-Length"] = String(bodyBytes);
  return (
    METHOD_BYTES +
    Object.entries(stored).reduce((sum, [name, value]) => sum + field(field(utf8(name)) + field(utf8(value))), 0) +
    (bodyBytes === 0 ? 0 : field(bodyBytes)) +
    (target.kind === "http" ? httpTarget(target) : appEngineTarget(target, queueName))
  );
}

function httpTarget({ url, oidcToken }: HttpTarget): number {
  return text(url) + (oidcToken ? field(text(oidcToken.serviceAccountEmail) + text(oidcToken.audience)) : 0);
}

/** The service adds the host: instance, version and service, if set, before the app's domain. */
function appEngineTarget({ relativeUri, routing }: AppEngineTarget, queueName: string): number {
  const { service = "", version = "", instance = "" } = routing;
  const domain = `${queueName.split("/")[1] ?? ""}.appspot.com`;
  const host = [instance, version, service, domain].filter((part) => part !== "").join(".");
  return text(relativeUri) + field([service, version, instance, host].reduce((sum, part) => sum + text(part), 0));
}

/** Returns the size of a Timestamp or Duration: seconds and nanoseconds, each omitted if it is 0. */
function timestamp(ms: number): number {
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1_000_000);
  return (seconds === 0 ? 0 : 1 + varint(seconds)) + (nanos === 0 ? 0 : 1 + varint(nanos));
}

/** Returns the size of a string field, which is omitted if it is empty. */
function text(value: string): number {
  return value === "" ? 0 : field(utf8(value));
}

/** Returns the size of a field: a tag of one byte (all field numbers here are below 16), the length, the content. */
function field(length: number): number {
  return 1 + varint(length) + length;
}

function varint(value: number): number {
  // A negative number is written as 64 bits.
  if (value < 0) return 10;
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

function utf8(value: string): number {
  return new TextEncoder().encode(value).length;
}
