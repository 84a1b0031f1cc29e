import { type Duration, durationMs, errorMessage } from "cloudtask/internal";
import type { QueueSettings, QueueState } from "../engine/records.ts";
import { burstSizeFor, checkQueueSettings, defaultQueueSettings } from "../service/queues/queue-settings.ts";
import { checkQueueName } from "../service/resource-names.ts";
import { checkQueueTypes } from "./check-option-types.ts";

/**
 * A queue to start an emulator with. What is left out is what Cloud Tasks defaults to; unlike in its API, a zero is a zero.
 *
 * @example
 * const queue: QueueConfig = { name: "mail", rate: 5, concurrency: 2, maxAttempts: 3, minBackoff: "50ms", maxBackoff: "1s" };
 */
export interface QueueConfig {
  /** The queue's id, or its full name. */
  readonly name: string;
  /** Dispatches per second, from 0.000001 to 500; default 500. */
  readonly rate?: number;
  /** Dispatches that may happen at once when the queue was idle, 1 to 500; derived from the rate, as Cloud Tasks does. */
  readonly burst?: number;
  /** Attempts in flight at a time, 1 to 5000; default 1000. */
  readonly concurrency?: number;
  /** Attempts of a task, or -1 for no limit; default 100. */
  readonly maxAttempts?: number;
  /** For how long a task that used up its attempts is still retried, from its first attempt; default 0: not at all. */
  readonly maxRetryDuration?: Duration;
  /** The wait before the first retry; default `"100ms"`. */
  readonly minBackoff?: Duration;
  /** The longest wait before a retry; default `"1h"`. */
  readonly maxBackoff?: Duration;
  /** How often the wait doubles before it grows by a constant step; default 16. */
  readonly maxDoublings?: number;
  /** Where the App Engine tasks of the queue go, whatever they say themselves: its routing override. */
  readonly routing?: { readonly service?: string; readonly version?: string; readonly instance?: string };
  /** Whether the queue starts paused; default false. */
  readonly paused?: boolean;
}

/** A queue as it is to be created. */
export interface ResolvedQueue {
  readonly name: string;
  readonly settings: QueueSettings;
  readonly state: QueueState;
}

const known: Readonly<Record<keyof QueueConfig, true>> = {
  name: true,
  rate: true,
  burst: true,
  concurrency: true,
  maxAttempts: true,
  maxRetryDuration: true,
  minBackoff: true,
  maxBackoff: true,
  maxDoublings: true,
  routing: true,
  paused: true,
};

/**
 * @param config - a configuration, or only its name
 * @param location - what an id is relative to
 * @throws TypeError where a name or a limit is not one that Cloud Tasks has
 */
export function queueOf(config: string | QueueConfig, location: string): ResolvedQueue {
  const queue = typeof config === "string" ? { name: config } : config;
  const what = `createEmulator: queue ${JSON.stringify(queue.name)}`;
  const unknown = Object.keys(queue).filter((key) => !Object.hasOwn(known, key));
  if (unknown.length > 0) {
    throw new TypeError(`${what}: unknown ${unknown.join(", ")}; there are ${Object.keys(known).join(", ")}`);
  }
  checkQueueTypes(queue, what);
  const name = queue.name.includes("/") ? queue.name : `${location}/queues/${queue.name}`;
  const settings = settingsOf(queue, what);
  try {
    checkQueueName(name);
    checkQueueSettings(settings);
  } catch (error) {
    throw new TypeError(`${what}: ${errorMessage(error)}`, { cause: error });
  }
  return { name, settings, state: queue.paused ? "PAUSED" : "RUNNING" };
}

function settingsOf(queue: QueueConfig, what: string): QueueSettings {
  const { rate = defaultQueueSettings.maxDispatchesPerSecond } = queue;
  const duration = (value: Duration | undefined, name: keyof QueueConfig, otherwise: number): number =>
    value === undefined ? otherwise : durationMs(value, `${what}: ${name}`);
  const settings: QueueSettings = {
    ...defaultQueueSettings,
    maxDispatchesPerSecond: rate,
    maxBurstSize: queue.burst ?? burstSizeFor(rate),
    maxConcurrentDispatches: queue.concurrency ?? defaultQueueSettings.maxConcurrentDispatches,
    maxAttempts: queue.maxAttempts ?? defaultQueueSettings.maxAttempts,
    maxRetryDurationMs: duration(queue.maxRetryDuration, "maxRetryDuration", defaultQueueSettings.maxRetryDurationMs),
    minBackoffMs: duration(queue.minBackoff, "minBackoff", defaultQueueSettings.minBackoffMs),
    maxBackoffMs: duration(queue.maxBackoff, "maxBackoff", defaultQueueSettings.maxBackoffMs),
    maxDoublings: queue.maxDoublings ?? defaultQueueSettings.maxDoublings,
    routing: queue.routing && { service: "", version: "", instance: "", ...queue.routing },
  };
  const wrong = requirements.find(([, holds]) => !holds(settings));
  if (wrong) throw new TypeError(`${what}: ${wrong[0]}`);
  return settings;
}

const requirements: readonly (readonly [what: string, holds: (settings: QueueSettings) => boolean])[] = [
  [
    "rate must be a number more than 0",
    (s) => typeof s.maxDispatchesPerSecond === "number" && s.maxDispatchesPerSecond > 0,
  ],
  ["burst must be an integer from 1 to 500", (s) => isIntegerFrom(s.maxBurstSize, 1) && s.maxBurstSize <= 500],
  ["concurrency must be an integer of at least 1", (s) => isIntegerFrom(s.maxConcurrentDispatches, 1)],
  [
    "maxAttempts must be an integer of at least 1, or -1",
    (s) => s.maxAttempts === -1 || isIntegerFrom(s.maxAttempts, 1),
  ],
  ["maxDoublings must be an integer of at least 0", (s) => isIntegerFrom(s.maxDoublings, 0)],
];

function isIntegerFrom(value: number, least: number): boolean {
  return Number.isInteger(value) && value >= least;
}
