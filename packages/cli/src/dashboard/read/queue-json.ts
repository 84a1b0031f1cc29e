import { definedFields } from "@cloudtask/emulator/internal";
import type { Queue } from "cloudtask/admin";
import type { CloudBlockerJson, CloudQueueJson, CloudQueuesJson } from "../cloud-json.ts";
import type { CloudApi } from "../cloud-parts.ts";
import { ownQueue } from "../own-resource.ts";

const STATES = { running: "RUNNING", paused: "PAUSED", disabled: "DISABLED" } as const;

/** Answers GET /inspect/queues. */
export async function queuesJson({ admin, now }: CloudApi): Promise<CloudQueuesJson> {
  const queues: CloudQueueJson[] = [];
  for await (const queue of admin.queues.list({ stats: true })) queues.push(queueJson(queue, now()));
  return { queues };
}

/** Answers GET /inspect/queues/{full name}. */
export async function oneQueueJson(api: CloudApi, name: string): Promise<CloudQueueJson> {
  return queueJson(await api.admin.queues.get(ownQueue(api, name)), api.now());
}

/** Returns a queue with everything that the API states. */
function queueJson(queue: Queue, nowMs: number): CloudQueueJson {
  const { name, id, state, rate, burst, concurrency, retry, taskTtl, purgedAt, stats } = queue;
  const oldest = stats?.oldestArrival;
  return {
    name,
    id,
    state: STATES[state],
    maxDispatchesPerSecond: rate,
    maxBurstSize: burst,
    maxConcurrentDispatches: concurrency,
    maxAttempts: retry.maxAttempts,
    maxRetryDurationMs: retry.maxRetryDuration ?? 0,
    minBackoffMs: retry.minBackoff,
    maxBackoffMs: retry.maxBackoff,
    maxDoublings: retry.maxDoublings,
    ...definedFields({
      taskTtlMs: taskTtl,
      purgeTime: purgedAt?.toISOString(),
      tasks: stats?.tasksCount,
      inFlight: stats?.concurrentDispatches,
      executedLastMinute: stats?.executedLastMinute,
      effectiveRate: stats?.effectiveRate,
      nextScheduleTime: oldest?.toISOString(),
      isDue: stats && oldest !== undefined && oldest.getTime() <= nowMs,
    }),
    blockers: blockersOf(queue, nowMs),
  };
}

function blockersOf({ state, rate, concurrency, stats }: Queue, nowMs: number): readonly CloudBlockerJson[] {
  // A queue that keeps dead letters, for example, is paused, and none of its tasks is due.
  const isIdle = stats !== undefined && !(stats.oldestArrival !== undefined && stats.oldestArrival.getTime() <= nowMs);
  if (state !== "running") return isIdle ? [] : [{ reason: state }];
  if (rate === 0) return isIdle ? [] : [{ reason: "rateZero" }];
  if (stats === undefined) return [];
  const { effectiveRate, concurrentDispatches } = stats;
  // An idle queue can state no rate at all.
  const isThrottled = effectiveRate > 0 && effectiveRate < 0.99 * rate;
  return [
    ...(concurrentDispatches >= concurrency ? [{ reason: "concurrency", limit: concurrency } as const] : []),
    ...(isThrottled ? [{ reason: "throttled", limit: effectiveRate } as const] : []),
  ];
}
