/**
 * GET /inspect/stats?queue=&by=&step=&buckets= — counts and times per time bucket, for all queues, or for `queue`.
 *
 * `step` is the length of a bucket: a duration in whole seconds such as `5s` or `1m`; default `5s`. `buckets` is their number,
 * 1000 at most; default 60. Buckets of whole minutes reach back a day, all others 5 minutes. `by=queue` also returns a series for
 * each queue that was active. The statistics are kept in memory: they begin with the start of the emulator, or with
 * its last reset.
 */
export interface StatsJson {
  readonly now: string;
  /** The length of a bucket, in milliseconds. */
  readonly stepMs: number;
  /** The buckets without gaps, the oldest first. The last one contains the current time. */
  readonly buckets: readonly StatsBucketJson[];
  /** With `by=queue`: the buckets by full name of the queue. */
  readonly queues?: Readonly<Record<string, readonly StatsBucketJson[]>>;
}

/** The counts and times of a time bucket. */
export interface StatsBucketJson {
  /** The start of the bucket. */
  readonly time: string;
  /** Tasks that were created. */
  readonly created: number;
  /** Attempts that started. */
  readonly started: number;
  /** Attempts that succeeded, without those that discarded their task. */
  readonly succeeded: number;
  /** Attempts that failed. */
  readonly failed: number;
  /** Attempts whose worker discarded the task. */
  readonly discarded: number;
  /** Of the failed attempts those after which the task was exhausted. */
  readonly exhausted: number;
  /** How long the finished attempts took, in milliseconds, exact to 5 %; left out if there were none. */
  readonly duration?: PercentilesJson;
  /** How much later than scheduled they had started, in milliseconds, exact to 5 %. */
  readonly lateness?: PercentilesJson;
}

export interface PercentilesJson {
  readonly p50: number;
  readonly p95: number;
}
