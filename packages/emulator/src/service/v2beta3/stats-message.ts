import { create } from "@bufbuild/protobuf";
import type { EngineQueue, EngineState } from "../../engine/engine-state.ts";
import { queueStats } from "../../engine/queue-stats.ts";
import { type QueueStats, QueueStatsSchema } from "../../gen/google/cloud/tasks/v2beta3/queue_pb.ts";
import { timestampOf } from "../times.ts";

/** The message of `Queue.stats`. */
export function statsMessage(engine: EngineState, queue: EngineQueue): QueueStats {
  const stats = queueStats(engine, queue);
  return create(QueueStatsSchema, {
    tasksCount: BigInt(stats.tasksCount),
    executedLastMinuteCount: BigInt(stats.executedLastMinuteCount),
    concurrentDispatchesCount: BigInt(stats.concurrentDispatchesCount),
    effectiveExecutionRate: stats.effectiveExecutionRate,
    ...(stats.oldestEstimatedArrivalAt !== undefined && {
      oldestEstimatedArrivalTime: timestampOf(stats.oldestEstimatedArrivalAt),
    }),
  });
}
