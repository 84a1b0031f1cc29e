import { durationMs } from "cloudtask/internal";
import { matchesName } from "../../history/matches-name.ts";
import { StatsBucket } from "../../history/stats/stats-bucket.ts";
import type { TimeSeries } from "../../history/stats/time-series.ts";
import type { Query } from "../../http/query.ts";
import { invalidArgument } from "../../service/rpc-error.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { rfc3339 } from "../rfc3339.ts";
import type { StatsBucketJson, StatsJson } from "../types/stats-types.ts";

const DEFAULT_BUCKETS = 60;
const MAX_BUCKETS = 1_000;

/** Answers GET /inspect/stats. */
export function statsJson({ stats, clock }: InspectParts, query: Query): StatsJson {
  const now = clock.now();
  const stepMs = stepOf(query.text("step") || "5s");
  const count = bucketCountOf(query);
  const isByQueue = query.text("by") === "queue";
  if (!isByQueue && query.text("by") !== "")
    throw invalidArgument(`by: expected queue; received ${JSON.stringify(query.text("by"))}`);
  const read = (series: TimeSeries): StatsBucketJson[] =>
    series.read(stepMs, count, now).map(({ start, bucket }) => bucketJson(start, bucket));
  const queue = query.text("queue");
  const selected = [...stats.queues].filter(([name]) => queue === "" || matchesName(queue, name));
  const [only] = selected;
  const buckets =
    queue === "" ? read(stats.overall) : only ? read(only[1].series) : emptyBuckets(stats.overall, stepMs, count, now);
  return {
    now: rfc3339(now),
    stepMs,
    buckets,
    ...definedFields({
      queues: isByQueue ? Object.fromEntries(selected.map(([name, { series }]) => [name, read(series)])) : undefined,
    }),
  };
}

/** Returns the JSON of a bucket; `undefined` is an empty one. */
export function bucketJson(start: number, bucket: StatsBucket = new StatsBucket()): StatsBucketJson {
  const { created, started, succeeded, failed, discarded, exhausted } = bucket;
  return {
    time: rfc3339(start),
    created,
    started,
    succeeded,
    failed,
    discarded,
    exhausted,
    ...definedFields({ duration: bucket.duration.percentiles(), lateness: bucket.lateness.percentiles() }),
  };
}

/**
 * Reads the number of buckets of a request.
 *
 * @throws RpcError if it is invalid
 */
export function bucketCountOf(query: Query): number {
  const count = query.integer("buckets") || DEFAULT_BUCKETS;
  if (count >= 1 && count <= MAX_BUCKETS) return count;
  throw invalidArgument(`buckets: expected an integer from 1 to ${MAX_BUCKETS}; received ${count}`);
}

function emptyBuckets(overall: TimeSeries, stepMs: number, count: number, now: number): StatsBucketJson[] {
  return overall.read(stepMs, count, now).map(({ start }) => bucketJson(start));
}

function stepOf(text: string): number {
  const stepMs = stepMsOf(text);
  if (stepMs >= 1_000 && stepMs % 1_000 === 0 && stepMs <= 86_400_000) return stepMs;
  throw invalidArgument(`step: expected whole seconds such as 5s or 1m, up to a day; received ${JSON.stringify(text)}`);
}

function stepMsOf(text: string): number {
  try {
    return durationMs(text as `${number}s`, "step");
  } catch {
    return Number.NaN;
  }
}
