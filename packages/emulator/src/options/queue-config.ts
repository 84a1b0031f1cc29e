import { type Duration, durationMs, errorMessage } from "cloudtask/internal";
import type { QueueSettings, QueueState } from "../engine/records.ts";
import { burstSizeFor, checkQueueSettings, defaultQueueSettings } from "../service/queues/queue-settings.ts";
import { checkQueueName } from "../service/resource-names.ts";
import { checkQueueTypes, valueText } from "./check-option-types.ts";

/**
 * A queue that the emulator creates at the start. Missing settings get the defaults of Cloud Tasks. A zero means zero, unlike in
 * the API, which treats it as unset.
 *
 * @example
 * const queue: QueueConfig = { name: "mail", rate: 5, concurrency: 2, maxAttempts: 3, minBackoff: "50ms", maxBackoff: "1s" };
 */
export interface QueueConfig {
  /** The id or the full name of the queue. */
  readonly name: string;
  /** Dispatches per second, from 0.000001 to 500; default 500. */
  readonly rate?: number;
  /** Dispatches that an idle queue may start at once, 1 to 500; default: derived from the rate, as in Cloud Tasks. */
  readonly burst?: number;
  /** Attempts that may run at the same time, 1 to 5000; default 1000. */
  readonly concurrency?: number;
  /** The maximum number of attempts of a task, or -1 for no limit; default 100. */
  readonly maxAttempts?: number;
  /** How long after its first attempt a task is still retried although it used up its attempts; default 0, which disables this. */
  readonly maxRetryDuration?: Duration;
  /** The delay before the first retry; default `"100ms"`. */
  readonly minBackoff?: Duration;
  /** The longest delay before a retry; default `"1h"`. */
  readonly maxBackoff?: Duration;
  /** How many times the delay doubles before it grows by a constant step; default 16. */
  readonly maxDoublings?: number;
  /** The routing override: the target of all App Engine tasks of the queue, regardless of the routing of each task. */
  readonly routing?: { readonly service?: string; readonly version?: string; readonly instance?: string };
  /** Whether the queue starts paused; default false. */
  readonly paused?: boolean;
}

/** A queue with all settings, ready to be created. */
export interface ResolvedQueue {
  readonly name: string;
  readonly settings: QueueSettings;
  readonly state: QueueState;
}

const optionNames: Readonly<Record<keyof QueueConfig, true>> = {
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
 * @param config - a configuration, or the name of the queue
 * @param location - the parent of a queue that is given by id
 * @throws TypeError for an unknown option, and for a name or a setting that Cloud Tasks does not accept
 */
export function queueOf(config: string | QueueConfig, location: string): ResolvedQueue {
  const queue = typeof config === "string" ? { name: config } : config;
  const prefix = `createEmulator: queue ${JSON.stringify(queue.name)}`;
  const unknown = Object.keys(queue).filter((key) => !Object.hasOwn(optionNames, key));
  if (unknown.length > 0) {
    throw new TypeError(
      `${prefix}: unknown option ${unknown.join(", ")}; known options: ${Object.keys(optionNames).join(", ")}`,
    );
  }
  checkQueueTypes(queue, prefix);
  const name = queue.name.includes("/") ? queue.name : `${location}/queues/${queue.name}`;
  const settings = settingsOf(queue, prefix);
  try {
    checkQueueName(name);
    checkQueueSettings(settings);
  } catch (error) {
    throw new TypeError(`${prefix}: ${errorMessage(error)}`, { cause: error });
  }
  return { name, settings, state: queue.paused ? "PAUSED" : "RUNNING" };
}

function settingsOf(queue: QueueConfig, prefix: string): QueueSettings {
  const { rate = defaultQueueSettings.maxDispatchesPerSecond } = queue;
  const duration = (value: Duration | undefined, name: keyof QueueConfig, otherwise: number): number =>
    value === undefined ? otherwise : durationMs(value, `${prefix}: ${name}`);
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
  const failed = requirements.find(({ holds }) => !holds(settings));
  if (failed) {
    const { option, expected } = failed;
    throw new TypeError(`${prefix}: ${option}: expected ${expected}; received ${valueText(queue[option])}`);
  }
  return settings;
}

interface Requirement {
  readonly option: keyof QueueConfig;
  readonly expected: string;
  readonly holds: (settings: QueueSettings) => boolean;
}

const requirements: readonly Requirement[] = [
  {
    option: "rate",
    expected: "a number greater than 0",
    holds: ({ maxDispatchesPerSecond: rate }) => typeof rate === "number" && rate > 0,
  },
  {
    option: "burst",
    expected: "an integer from 1 to 500",
    holds: ({ maxBurstSize: burst }) => isIntegerFrom(burst, 1) && burst <= 500,
  },
  {
    option: "concurrency",
    expected: "an integer of at least 1",
    holds: ({ maxConcurrentDispatches: concurrency }) => isIntegerFrom(concurrency, 1),
  },
  {
    option: "maxAttempts",
    expected: "an integer of at least 1, or -1 for no limit",
    holds: ({ maxAttempts }) => maxAttempts === -1 || isIntegerFrom(maxAttempts, 1),
  },
  {
    option: "maxDoublings",
    expected: "an integer of at least 0",
    holds: ({ maxDoublings }) => isIntegerFrom(maxDoublings, 0),
  },
];

function isIntegerFrom(value: number, least: number): boolean {
  return Number.isInteger(value) && value >= least;
}
