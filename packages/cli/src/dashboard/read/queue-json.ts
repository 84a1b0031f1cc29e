import { definedFields } from "@cloudtask/emulator/internal";
import type { Queue } from "cloudtask/admin";
import { cloudBlockers } from "../../queues/cloud-blockers.ts";
import type { CloudQueueJson, CloudQueuesJson } from "../cloud-json.ts";
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
    blockers: cloudBlockers(queue, nowMs),
  };
}
