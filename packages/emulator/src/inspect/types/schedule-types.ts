/**
 * GET /inspect/schedule?queue=&from=&to=&buckets= — the tasks that wait, by the time at which they are due.
 *
 * `buckets` is the number of buckets, 1000 at most; default 60. `from` is the current time by default, and `to` the latest time at
 * which a task is due.
 */
export interface ScheduleJson {
  readonly now: string;
  readonly from: string;
  readonly to: string;
  /** The length of a bucket, in milliseconds. */
  readonly stepMs: number;
  /** Tasks that are due before `from`. */
  readonly before: number;
  /** The buckets without gaps, the earliest first. The last one includes `to`. */
  readonly buckets: readonly ScheduleBucketJson[];
  /** Tasks that are due after `to`. */
  readonly after: number;
  /** The earliest time after now at which a task is due. */
  readonly nextTime?: string;
  /** The latest time at which a task is due. */
  readonly lastTime?: string;
}

export interface ScheduleBucketJson {
  /** The start of the bucket. */
  readonly time: string;
  /** Tasks that are due in the bucket, including retries. */
  readonly tasks: number;
  /** Of these the tasks that have failed before. */
  readonly retries: number;
}
