import type { EngineQueue } from "../../engine/engine-state.ts";
import { queueStats } from "../../engine/queue-stats.ts";
import type { LiveCounts } from "../../engine/task-counts.ts";
import { type FinishedTaskCounts, noFinished } from "../../history/tasks/finished-counts.ts";
import type { Query } from "../../http/query.ts";
import { RpcError } from "../../service/rpc-error.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { cursorOf, limitOf, readCursor } from "../paging.ts";
import { timeOrNone } from "../rfc3339.ts";
import { Slices } from "../slices.ts";
import { bucketJson } from "../stats/stats-json.ts";
import { refreshQueues } from "../tasks/task-counts-json.ts";
import type { QueueJson, QueuesJson } from "../types/queue-types.ts";
import { blockersOf } from "./blockers.ts";
import { queueFailure } from "./queue-failure.ts";

/** Answers GET /inspect/queues. */
export async function queuesJson(parts: InspectParts, query: Query): Promise<QueuesJson> {
  const limit = limitOf(query);
  const [after = ""] = readCursor(query);
  const names = [...parts.engine.queues.keys()].filter((name) => name > String(after)).sort();
  const page = names.slice(0, limit).flatMap((name) => parts.engine.queues.get(name) ?? []);
  await refreshQueues(page, parts.clock.now(), new Slices());
  const queues = page.map((queue) => queueJson(parts, queue));
  const last = names.length > limit ? queues.at(-1) : undefined;
  return { queues, ...definedFields({ nextCursor: last && cursorOf([last.name]) }) };
}

/** Answers GET /inspect/queues/{full name}. */
export async function oneQueueJson(parts: InspectParts, name: string): Promise<QueueJson> {
  const queue = parts.engine.queues.get(name);
  if (!queue) throw new RpcError("NOT_FOUND", `No queue ${JSON.stringify(name)}.`);
  await refreshQueues([queue], parts.clock.now(), new Slices());
  return queueJson(parts, queue);
}

/**
 * Returns the JSON of a queue whose due tasks were counted.
 *
 * @param finished - the counts of finished tasks
 */
export function queueJson(
  parts: InspectParts,
  queue: EngineQueue,
  finished: FinishedTaskCounts = parts.history.tasks.counts,
): QueueJson {
  const { engine, clock, stats } = parts;
  const { name, state, settings, purgedAt } = queue.record;
  const now = clock.now();
  const { tasksCount, concurrentDispatchesCount, executedLastMinuteCount, ...current } = queueStats(engine, queue);
  const nextAt = current.oldestEstimatedArrivalAt;
  const failing = queueFailure(parts, queue);
  const counts = { ...withoutDeadLetters(queue), ...(finished.queues.get(name)?.total ?? noFinished()) };
  return {
    name,
    id: name.slice(name.lastIndexOf("/") + 1),
    state,
    maxDispatchesPerSecond: settings.maxDispatchesPerSecond,
    maxBurstSize: settings.maxBurstSize,
    maxConcurrentDispatches: settings.maxConcurrentDispatches,
    maxAttempts: settings.maxAttempts,
    maxRetryDurationMs: settings.maxRetryDurationMs,
    minBackoffMs: settings.minBackoffMs,
    maxBackoffMs: settings.maxBackoffMs,
    maxDoublings: settings.maxDoublings,
    taskTtlMs: settings.taskTtlMs,
    tasks: tasksCount,
    waiting: queue.waiting.size,
    counts,
    deadLetters: queue.counts.deadLetters,
    inFlight: concurrentDispatchesCount,
    executedLastMinute: executedLastMinuteCount,
    effectiveRate: current.effectiveExecutionRate,
    isDue: nextAt !== undefined && nextAt <= now,
    lastMinute: bucketJson(now - 60_000, stats.queues.get(name)?.series.last(60, now)),
    blockers: blockersOf(queue, now, failing),
    ...definedFields({ purgeTime: timeOrNone(purgedAt), nextScheduleTime: timeOrNone(nextAt), failing }),
  };
}

/** Dead letters do not wait for a delivery, although they are scheduled, so they are counted separately. */
function withoutDeadLetters({ counts: { total, dead } }: EngineQueue): LiveCounts {
  return {
    scheduled: total.scheduled - dead.scheduled,
    due: total.due - dead.due,
    running: total.running - dead.running,
    retrying: total.retrying - dead.retrying,
  };
}
