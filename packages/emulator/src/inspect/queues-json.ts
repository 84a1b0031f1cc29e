import type { EngineQueue } from "../engine/engine-state.ts";
import { queueStats } from "../engine/queue-stats.ts";
import type { Query } from "../http/query.ts";
import { definedFields } from "./defined-fields.ts";
import type { InspectParts } from "./inspect-parts.ts";
import type { QueueJson, QueuesJson } from "./inspect-types.ts";
import { cursorOf, limitOf, readCursor } from "./paging.ts";
import { timeOrNone } from "./rfc3339.ts";

/** Answers GET /inspect/queues. */
export function queuesJson(parts: InspectParts, query: Query): QueuesJson {
  const limit = limitOf(query);
  const [after = ""] = readCursor(query);
  const names = [...parts.engine.queues.keys()].filter((name) => name > String(after)).sort();
  const queues = names.slice(0, limit).flatMap((name) => {
    const queue = parts.engine.queues.get(name);
    return queue ? [queueJson(parts, queue)] : [];
  });
  const last = names.length > limit ? queues.at(-1) : undefined;
  return { queues, ...definedFields({ nextCursor: last && cursorOf([last.name]) }) };
}

function queueJson({ engine, clock }: InspectParts, queue: EngineQueue): QueueJson {
  const { name, state, settings, purgedAt } = queue.record;
  const stats = queueStats(engine, queue);
  const nextAt = stats.oldestEstimatedArrivalAt;
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
    tasks: stats.tasksCount,
    waiting: queue.waiting.size,
    inFlight: stats.concurrentDispatchesCount,
    executedLastMinute: stats.executedLastMinuteCount,
    effectiveRate: stats.effectiveExecutionRate,
    isDue: nextAt !== undefined && nextAt <= clock.now(),
    ...definedFields({ purgeTime: timeOrNone(purgedAt), nextScheduleTime: timeOrNone(nextAt) }),
  };
}
