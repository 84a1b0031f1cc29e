import type { CheckedQueue } from "../../core/check-queues.ts";
import type { QueueRouting } from "../../core/queue-settings.ts";
import { secondsJson } from "../../core/retry-settings.ts";
import type { Queue } from "./queue.ts";
import { type StoredTarget, targetJson } from "./queue-target.ts";

/**
 * The name of a setting that Cloud Tasks stores in a queue, except its state.
 *
 * @example
 * ```ts
 * const field: QueueFieldName = "retry.maxAttempts";
 * ```
 */
export type QueueFieldName =
  | "rate"
  | "concurrency"
  | `retry.${"maxAttempts" | "minBackoff" | "maxBackoff" | "maxDoublings" | "maxRetryDuration"}`
  | "taskTtl"
  | "logging"
  | "target"
  | "routing";

/**
 * The value of a setting. Durations are in milliseconds; `undefined` is an unset or unknown value.
 *
 * @example
 * ```ts
 * const anHour: QueueFieldValue = 3_600_000;
 * ```
 */
export type QueueFieldValue = number | StoredTarget | QueueRouting | undefined;

/** A version of the API. */
export type ApiVersion = "v2beta3" | undefined;

/** Connects a setting with the field of the API. */
export interface QueueField {
  readonly name: QueueFieldName;
  /** Returns the described value; `undefined` if the setting is not named. */
  readonly described: (settings: CheckedQueue) => QueueFieldValue;
  /** Returns the value that the queue has. */
  readonly current: (queue: Queue) => QueueFieldValue;
  /** The path of the field in the API's `Queue`. */
  readonly path: (version: ApiVersion) => string;
  /** Returns the value for the API; `undefined` to leave the field unset. */
  readonly json: (value: never) => unknown;
  /** Whether the value is a duration. */
  readonly duration?: true;
  /** Whether only v2beta3 has the field. */
  readonly beta?: true;
}

const sameNumber = (value: number): number => value;
const duration = { json: secondsJson, duration: true } as const;
/** A duration that is unset if it is 0. */
const optionalDuration = { json: (ms: number) => (ms === 0 ? undefined : secondsJson(ms)), duration: true } as const;

/** All fields of a queue, in the order of plans. */
export const QUEUE_FIELDS: readonly QueueField[] = [
  {
    name: "rate",
    described: ({ rate }) => rate,
    current: ({ rate }) => rate,
    path: () => "rateLimits.maxDispatchesPerSecond",
    json: sameNumber,
  },
  {
    name: "concurrency",
    described: ({ concurrency }) => concurrency,
    current: ({ concurrency }) => concurrency,
    path: () => "rateLimits.maxConcurrentDispatches",
    json: sameNumber,
  },
  retryField("maxAttempts", { json: sameNumber }),
  retryField("minBackoff", duration),
  retryField("maxBackoff", duration),
  retryField("maxDoublings", { json: sameNumber }),
  retryField("maxRetryDuration", optionalDuration),
  {
    name: "taskTtl",
    described: ({ taskTtl }) => taskTtl,
    current: ({ taskTtl }) => taskTtl,
    path: () => "taskTtl",
    ...duration,
    beta: true,
  },
  {
    name: "logging",
    described: ({ logging }) => logging,
    current: ({ logging }) => logging,
    path: () => "stackdriverLoggingConfig.samplingRatio",
    json: sameNumber,
  },
  {
    name: "target",
    described: ({ target }) => target,
    current: ({ target }) => target ?? {},
    path: () => "httpTarget",
    json: targetJson,
  },
  {
    name: "routing",
    described: ({ routing }) => routing,
    current: ({ routing }) => routing ?? {},
    path: (version) =>
      version === "v2beta3" ? "appEngineHttpQueue.appEngineRoutingOverride" : "appEngineRoutingOverride",
    json: (routing: QueueRouting) => (Object.keys(routing).length === 0 ? undefined : routing),
  },
];

function retryField(
  key: keyof NonNullable<CheckedQueue["retry"]>,
  form: Pick<QueueField, "json" | "duration">,
): QueueField {
  return {
    name: `retry.${key}`,
    described: ({ retry }) => retry?.[key],
    current: ({ retry }) => retry[key] ?? 0,
    path: () => `retryConfig.${key}`,
    ...form,
  };
}

/** A field of a queue with its new value. */
export interface FieldSetting {
  readonly field: QueueField;
  readonly value: QueueFieldValue;
}

/** Returns the fields that settings name. */
export function namedFields(settings: CheckedQueue): readonly FieldSetting[] {
  return QUEUE_FIELDS.flatMap((field) => {
    const value = field.described(settings);
    return value === undefined ? [] : [{ field, value }];
  });
}

/** Checks whether two values of a field mean the same. Numbers may differ in their last digits, and headers in order and case. */
export function sameValue(a: QueueFieldValue, b: QueueFieldValue): boolean {
  if (typeof a === "number" && typeof b === "number")
    return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
  return canonical(a) === canonical(b);
}

function canonical(value: unknown, key = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined && !isEmptyObject(each))
    .map(([name, each]) => [key === "headers" ? name.toLowerCase() : name, canonical(each, name)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(entries);
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** Returns a request of the API that sets fields of a queue: the `Queue`, and the paths of the fields. */
export function fieldsJson(
  settings: readonly FieldSetting[],
  version: ApiVersion,
): { readonly queue: Record<string, unknown>; readonly paths: readonly string[] } {
  const queue: Record<string, unknown> = {};
  for (const { field, value } of settings) setAt(queue, field.path(version).split("."), field.json(value as never));
  return { queue, paths: settings.map(({ field }) => field.path(version)) };
}

/** Returns the version of the API that has all the fields. */
export function versionFor(settings: readonly FieldSetting[]): ApiVersion {
  return settings.some(({ field }) => field.beta) ? "v2beta3" : undefined;
}

function setAt(object: Record<string, unknown>, [key = "", ...rest]: readonly string[], value: unknown): void {
  if (value === undefined) return;
  if (rest.length === 0) {
    object[key] = value;
    return;
  }
  const child = (object[key] ?? {}) as Record<string, unknown>;
  object[key] = child;
  setAt(child, rest, value);
}
