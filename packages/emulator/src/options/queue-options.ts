import {
  type CheckedQueue,
  checkQueues,
  errorMessage,
  expandShards,
  optionPosition,
  type QueueRouting,
  type QueueSettingsInput,
  type QueueTarget,
} from "cloudtask/internal";
import type { AppEngineRouting, HttpTarget, QueueSettings, QueueState } from "../engine/records.ts";
import { burstSizeFor, checkQueueSettings, defaultQueueSettings } from "../service/queues/queue-settings.ts";
import { checkQueueName } from "../service/resource-names.ts";

/**
 * The settings of a queue that the emulator creates at the start: the settings of the library, and a burst size.
 *
 * @example
 * const mail: EmulatorQueueSettings = { rate: 5, burst: 1, retry: { maxAttempts: 3, minBackoff: "50ms" } };
 */
export interface EmulatorQueueSettings extends QueueSettingsInput {
  /**
   * The number of dispatches that an idle queue may start at once, 1 to 500. Default: derived from the rate, as in Cloud
   * Tasks.
   */
  readonly burst?: number | undefined;
}

/**
 * Queues by id or full name; `null` is a queue with the default settings.
 *
 * @example
 * const queues: EmulatorQueues = { default: null, mail: { rate: 5, retry: { maxAttempts: 3 } } };
 */
export type EmulatorQueues = Readonly<Record<string, EmulatorQueueSettings | null>>;

/** A queue with all settings, ready to be created. */
export interface ResolvedQueue {
  readonly name: string;
  readonly settings: QueueSettings;
  readonly state: QueueState;
}

/**
 * @param queues - names of queues, or queues with their settings
 * @param location - the parent of queues that are given by id
 * @throws TypeError for an unknown setting, and for a name or a setting that Cloud Tasks does not accept
 */
export function resolveQueues(queues: readonly string[] | EmulatorQueues, location: string): readonly ResolvedQueue[] {
  const described = isList(queues) ? Object.fromEntries(queues.map((name) => [name, null])) : queues;
  const checked = checkQueues(described, optionPosition(SUBJECT), { emulator: true });
  return [...expandShards(checked)].map(([name, queue]) => resolveQueue(name, queue, location));
}

const SUBJECT = "createEmulator: queues";

function resolveQueue(id: string, queue: CheckedQueue, location: string): ResolvedQueue {
  const name = id.includes("/") ? id : `${location}/queues/${id}`;
  const settings = settingsOf(queue);
  try {
    checkQueueName(name);
    checkQueueSettings(settings);
  } catch (error) {
    throw new TypeError(`${SUBJECT}.${id}: ${errorMessage(error)}`, { cause: error });
  }
  return { name, settings, state: queue.paused ? "PAUSED" : "RUNNING" };
}

function settingsOf(queue: CheckedQueue): QueueSettings {
  const { rate = defaultQueueSettings.maxDispatchesPerSecond, retry = {}, routing, target } = queue;
  return {
    maxDispatchesPerSecond: rate,
    maxBurstSize: queue.burst ?? burstSizeFor(rate),
    maxConcurrentDispatches: queue.concurrency ?? defaultQueueSettings.maxConcurrentDispatches,
    maxAttempts: retry.maxAttempts ?? defaultQueueSettings.maxAttempts,
    maxRetryDurationMs: retry.maxRetryDuration ?? defaultQueueSettings.maxRetryDurationMs,
    minBackoffMs: retry.minBackoff ?? defaultQueueSettings.minBackoffMs,
    maxBackoffMs: retry.maxBackoff ?? defaultQueueSettings.maxBackoffMs,
    maxDoublings: retry.maxDoublings ?? defaultQueueSettings.maxDoublings,
    loggingSamplingRatio: queue.logging || undefined,
    taskTtlMs: queue.taskTtl ?? defaultQueueSettings.taskTtlMs,
    tombstoneTtlMs: undefined,
    routing: routing && routingOf(routing),
    httpTarget: target && httpTargetOf(target),
  };
}

function routingOf({ service = "", version = "", instance = "" }: QueueRouting): AppEngineRouting {
  return { service, version, instance };
}

/** The HTTP target as the API would store it: only the parts that are set. */
function httpTargetOf({ scheme, host, port, path, query, ...target }: QueueTarget): HttpTarget {
  const { serviceAccount, audience = "", oauthScope, headers = {}, method } = target;
  const overrides = [scheme, host, port, path, query].some((part) => part !== undefined);
  const parts = { scheme: scheme && SCHEMES[scheme], host, port, path, query, mode: undefined };
  return {
    uri: overrides ? parts : undefined,
    method,
    headers: Object.entries(headers),
    authorization:
      serviceAccount === undefined
        ? undefined
        : oauthScope === undefined
          ? { kind: "oidc", serviceAccountEmail: serviceAccount, audience }
          : { kind: "oauth", serviceAccountEmail: serviceAccount, scope: oauthScope },
  };
}

const SCHEMES = { http: "HTTP", https: "HTTPS" } as const;

function isList(queues: readonly string[] | EmulatorQueues): queues is readonly string[] {
  return Array.isArray(queues);
}
