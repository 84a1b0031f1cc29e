import { nearestName } from "./check-options.ts";
import { type QueueRetry, queueRetry } from "./check-queue-retry.ts";
import { queueRouting, queueTarget } from "./check-queue-target.ts";
import type { QueueRouting, QueueSettings, QueueTarget } from "./queue-settings.ts";
import { ratePerSecond } from "./rate.ts";
import { isQueueId } from "./resource-name.ts";
import type { SettingPosition } from "./setting-position.ts";
import {
  booleanSetting,
  durationSetting,
  integerSetting,
  mapEntries,
  mapSetting,
  type SettingReader,
  settingOf,
  settingText,
  textSetting,
} from "./setting-readers.ts";

/** Checked settings of a queue. A missing setting was not given. */
export interface CheckedQueue {
  /** Dispatches per second. */
  readonly rate?: number;
  readonly concurrency?: number;
  readonly retry?: QueueRetry;
  readonly paused?: boolean;
  /** Milliseconds. */
  readonly taskTtl?: number;
  readonly logging?: number;
  readonly target?: QueueTarget;
  readonly routing?: QueueRouting;
  readonly deadLetter?: string;
  readonly shards?: number;
  /** Dispatches that an idle queue may start at once. Only an emulator accepts it: Cloud Tasks derives it from the rate. */
  readonly burst?: number;
}

/** Checked queues by name, in the order of the description. */
export type CheckedQueues = ReadonlyMap<string, CheckedQueue>;

/** Options of `checkQueues()`. */
export interface CheckQueuesOptions {
  /** Accepts also what only an emulator accepts: full resource names, and `burst`. */
  readonly emulator?: boolean;
}

/** The limit of `{name}-{number}`: an id has at most 100 characters. */
const MAX_SHARDED_NAME = 96;

const DAY_MS = 86_400_000;

const rate: SettingReader<number> = (value, position) => {
  const perSecond = typeof value === "string" ? ratePerSecond(value) : value;
  // Google documents no minimum. Far below this one, the delay of a dispatch exceeds the range of times.
  if (typeof perSecond === "number" && perSecond >= 1e-6 && perSecond <= 500) return perSecond;
  const hint = perSecond === 0 ? "; set paused to stop a queue" : "";
  throw position.error(
    `expected dispatches per second of more than 0 and at most 500, such as 5, 0.5 or "100/m", received ${settingText(value)}${hint}`,
  );
};

const fields: { readonly [K in keyof QueueSettings]-?: SettingReader<NonNullable<CheckedQueue[K]>> } = {
  rate,
  concurrency: integerSetting(1, 5_000),
  retry: queueRetry,
  paused: booleanSetting,
  // Source: `Queue.task_ttl` in google/cloud/tasks/v2beta3/queue.proto
  taskTtl: durationSetting("a duration from 10 days to 10 years", (ms) => ms >= 10 * DAY_MS && ms <= 3650 * DAY_MS),
  logging: settingOf(
    "a number from 0 to 1",
    (value): value is number => typeof value === "number" && value >= 0 && value <= 1,
  ),
  target: queueTarget,
  routing: queueRouting,
  deadLetter: textSetting("the name of a queue", /./),
  shards: integerSetting(2, 1_000),
};

/** Names of the API, of Google's tools and of queue.yaml. */
const ALIASES: Readonly<Record<string, string>> = {
  maxDispatchesPerSecond: "rate",
  rateLimits: "rate",
  maxConcurrentDispatches: "concurrency",
  maxConcurrentRequests: "concurrency",
  retryConfig: "retry",
  maxAttempts: "retry.maxAttempts",
  minBackoff: "retry.minBackoff",
  maxBackoff: "retry.maxBackoff",
  maxDoublings: "retry.maxDoublings",
  maxRetryDuration: "retry.maxRetryDuration",
  samplingRatio: "logging",
  stackdriverLoggingConfig: "logging",
  httpTarget: "target",
  appEngineRoutingOverride: "routing",
  deadLetterQueue: "deadLetter",
};

const settings: SettingReader<CheckedQueue> = mapSetting<Required<Omit<CheckedQueue, "burst">>>(fields, ALIASES);

const emulatorSettings: SettingReader<CheckedQueue> = mapSetting<Required<CheckedQueue>>(
  { ...fields, burst: integerSetting(1, 500) },
  ALIASES,
);

/**
 * Checks a description of queues, with the rules of Cloud Tasks.
 *
 * @param value - queues by name
 * @param position - the place of the description, for messages
 * @throws an error of the position of the first invalid setting
 */
export function checkQueues(
  value: unknown,
  position: SettingPosition,
  options: CheckQueuesOptions = {},
): CheckedQueues {
  const queues = new Map(
    mapEntries(value, position).map(([name, queue]) => {
      checkName(name, position.child(name), options);
      return [name, queue === null ? {} : checkQueue(queue, position.child(name), options)];
    }),
  );
  for (const [name, queue] of queues) {
    const at = position.child(name);
    if (queue.deadLetter !== undefined) checkDeadLetter(queue.deadLetter, queues, { name, at: at.child("deadLetter") });
    if (queue.shards !== undefined) checkShards(queue.shards, queues, { name, at: at.child("shards") });
  }
  return queues;
}

/** Checks the settings of one queue. */
export function checkQueue(
  value: unknown,
  position: SettingPosition,
  { emulator = false }: CheckQueuesOptions = {},
): CheckedQueue {
  return emulator ? emulatorSettings(value, position) : settings(value, position);
}

/**
 * Returns the queues that exist for a description: a queue with `shards` is replaced by its numbered queues.
 */
export function expandShards(queues: CheckedQueues): Map<string, CheckedQueue> {
  return new Map(
    [...queues].flatMap(([name, queue]) =>
      queue.shards === undefined
        ? [[name, queue] as const]
        : Array.from({ length: queue.shards }, (_, index) => [`${name}-${index}`, queue] as const),
    ),
  );
}

function checkName(name: string, position: SettingPosition, { emulator = false }: CheckQueuesOptions): void {
  if (isQueueId(name) || (emulator && name.includes("/"))) return;
  const hint = name.includes("/") ? "; write only the id, the last part of the name" : "";
  throw position.error(`expected a queue id of 1 to 100 letters, digits and hyphens${hint}`);
}

interface Owner {
  /** The name of the queue. */
  readonly name: string;
  readonly at: SettingPosition;
}

function checkDeadLetter(deadLetter: string, queues: CheckedQueues, { name, at }: Owner): void {
  const queue = queues.get(deadLetter);
  if (deadLetter === name) throw at.error("a queue cannot keep its own dead letters; name another queue");
  if (queue === undefined) {
    const meant = nearestName(
      deadLetter,
      [...queues.keys()].filter((each) => each !== name),
    );
    const hint = meant === undefined ? `add it, with paused: true` : `did you mean ${JSON.stringify(meant)}?`;
    throw at.error(`there is no queue ${JSON.stringify(deadLetter)} in this description; ${hint}`);
  }
  if (queue.paused !== true) {
    throw at.error(
      `the queue ${JSON.stringify(deadLetter)} must have paused: true; otherwise its tasks would run again`,
    );
  }
  if (queue.shards !== undefined) throw at.error(`the queue ${JSON.stringify(deadLetter)} must not have shards`);
}

function checkShards(shards: number, queues: CheckedQueues, { name, at }: Owner): void {
  if (name.length > MAX_SHARDED_NAME)
    throw at.error(`a queue with shards has a name of at most ${MAX_SHARDED_NAME} characters`);
  const taken = Array.from({ length: shards }, (_, index) => `${name}-${index}`).find((shard) => queues.has(shard));
  if (taken !== undefined)
    throw at.error(`the shard ${JSON.stringify(taken)} is described as a queue of its own; remove one of them`);
}
