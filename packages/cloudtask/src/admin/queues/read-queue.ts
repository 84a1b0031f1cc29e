import { parseDurationJson } from "../../core/duration.ts";
import { lastSegment } from "../../core/resource-name.ts";
import { dateOf, type Json, numberOf, objectOf, textOf } from "../json-fields.ts";
import { readRetryConfig } from "../retry-config.ts";
import type { Queue, QueueState, QueueStats } from "./queue.ts";
import { readRouting, readTarget } from "./queue-target.ts";

const STATES: Readonly<Record<string, QueueState>> = { RUNNING: "running", PAUSED: "paused", DISABLED: "disabled" };

/** Reads a queue of the API, of v2 or v2beta3. */
export function readQueue(json: Json): Queue {
  const rateLimits = objectOf(json.rateLimits);
  const beta = objectOf(json.appEngineHttpQueue);
  const name = textOf(json.name) ?? "";
  return {
    name,
    id: lastSegment(name),
    state: STATES[textOf(json.state) ?? ""] ?? "running",
    rate: numberOf(rateLimits.maxDispatchesPerSecond) ?? 0,
    burst: numberOf(rateLimits.maxBurstSize) ?? 0,
    concurrency: numberOf(rateLimits.maxConcurrentDispatches) ?? 0,
    retry: readRetryConfig(objectOf(json.retryConfig)),
    taskTtl: parseDurationJson(json.taskTtl),
    logging: numberOf(objectOf(json.stackdriverLoggingConfig).samplingRatio) ?? 0,
    target: readTarget(objectOf(json.httpTarget)),
    routing: readRouting(objectOf(json.appEngineRoutingOverride ?? beta.appEngineRoutingOverride)),
    purgedAt: dateOf(json.purgeTime),
    stats: json.stats === undefined ? undefined : readStats(objectOf(json.stats)),
  };
}

function readStats(json: Json): QueueStats {
  return {
    tasksCount: numberOf(json.tasksCount) ?? 0,
    oldestArrival: dateOf(json.oldestEstimatedArrivalTime),
    executedLastMinute: numberOf(json.executedLastMinuteCount) ?? 0,
    concurrentDispatches: numberOf(json.concurrentDispatchesCount) ?? 0,
    effectiveRate: numberOf(json.effectiveExecutionRate) ?? 0,
  };
}
