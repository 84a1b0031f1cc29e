import type { Queue } from "cloudtask/admin";
import type { CloudBlockerJson } from "../dashboard/cloud-json.ts";

/** Returns why nothing runs in a queue of Google Cloud, or runs slowly, as far as its settings and estimates tell. */
export function cloudBlockers({ state, rate, concurrency, stats }: Queue, nowMs: number): readonly CloudBlockerJson[] {
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
