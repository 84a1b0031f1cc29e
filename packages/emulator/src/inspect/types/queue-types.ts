import type { FinishedState, LiveState } from "./common-types.ts";
import type { StatsBucketJson } from "./stats-types.ts";

/** GET /inspect/queues?limit=&cursor= — the queues in order of name. `limit` is 100 by default, 1000 at most. */
export interface QueuesJson {
  readonly queues: readonly QueueJson[];
  /** The `cursor` of the next page; left out on the last page. */
  readonly nextCursor?: string;
}

/** GET /inspect/queues/{full name} — the current state of a queue. */
export interface QueueJson {
  /** The full name: `projects/…/locations/…/queues/…`. */
  readonly name: string;
  /** The last part of the name. */
  readonly id: string;
  readonly state: "RUNNING" | "PAUSED" | "DISABLED";
  readonly maxDispatchesPerSecond: number;
  readonly maxBurstSize: number;
  readonly maxConcurrentDispatches: number;
  /** -1 means no limit. */
  readonly maxAttempts: number;
  /** 0 means no limit. */
  readonly maxRetryDurationMs: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly maxDoublings: number;
  /** A task of this age is deleted, even if it has not succeeded. */
  readonly taskTtlMs: number;
  /** When the queue was last purged. */
  readonly purgeTime?: string;
  /** Tasks in the queue, including those with an attempt in flight and dead letters. */
  readonly tasks: number;
  /** Tasks without an attempt in flight: they wait for their schedule time, the rate, the concurrency limit, or a resume. */
  readonly waiting: number;
  /** The tasks by state, without dead letters. Finished tasks are those in the history. */
  readonly counts: Readonly<Record<LiveState | FinishedState, number>>;
  /** Tasks that are dead letters, in any state: they carry the header `CloudTask-Dead-Reason`. */
  readonly deadLetters: number;
  /** Attempts in flight. */
  readonly inFlight: number;
  /** Attempts that ended within the last minute. */
  readonly executedLastMinute: number;
  /** Dispatches per second that the queue allows now: its rate, or less while it is slowed down. */
  readonly effectiveRate: number;
  /** The earliest schedule time of a waiting task. If it has passed, it is the time of the oldest due task. */
  readonly nextScheduleTime?: string;
  /** Whether that time has passed. */
  readonly isDue: boolean;
  /** The statistics of the last minute. */
  readonly lastMinute: StatsBucketJson;
  /** The failures since the last success; left out if the last attempt succeeded or if there was no attempt. */
  readonly failing?: QueueFailureJson;
  /** Why tasks that are due do not start or do not succeed, the most important first. Empty if nothing is wrong. */
  readonly blockers: readonly BlockerJson[];
}

/** The failures of a queue since its last success. */
export interface QueueFailureJson {
  readonly kind: FailureKind;
  /** Attempts that failed since the last success. */
  readonly count: number;
  /** When the first of them finished. */
  readonly since: string;
  /** When the last of them finished. */
  readonly lastTime: string;
  /** The id of the last of them, for GET /inspect/attempts/{id}; the history may no longer have it. */
  readonly attempt: string;
  /** The full name of its task. */
  readonly task: string;
  /** The definition of its task. */
  readonly definition?: string;
  /** The HTTP status of its answer; left out if there was none. */
  readonly status?: number;
  /** The error of the connection, or the first line of the answer. */
  readonly message?: string;
  /** The URL that was called. */
  readonly url?: string;
  /** The audience of the OIDC token that was sent. */
  readonly audience?: string;
  /** The service account of the OIDC or OAuth token that was sent. */
  readonly serviceAccount?: string;
}

/** The cause of a failed attempt. */
export type FailureKind =
  /** No connection: the target is not running, or its name does not resolve. */
  | "unreachable"
  /** The dispatch deadline passed. */
  | "timeout"
  /** 401: the worker rejects the token. */
  | "unauthorized"
  /** 403: the worker rejects the secret or the caller. */
  | "forbidden"
  /** 404: a wrong URL, or a task definition that the worker does not know. */
  | "notFound"
  /** 429 or 503. */
  | "overloaded"
  /** Any other status that is not 2xx. */
  | "error";

/** A reason why nothing runs in a queue. */
type BlockerReason =
  /** The queue is paused. */
  | "paused"
  /** The queue is disabled, as by `queue.yaml`. */
  | "disabled"
  /** The rate is 0. */
  | "rateZero"
  /** All tasks that may run at once are busy: `limit` attempts are in flight. */
  | "concurrency"
  /** Tasks are due, and wait for the rate of `limit` per second. */
  | "rate"
  /** The queue is slowed down to `limit` per second, because its targets answered 429 or 503, or failed often. */
  | "throttled"
  /** Every attempt since `failing.since` has failed: see `failing`. */
  | "failing";

/** A reason why nothing runs in a queue, with details. */
export interface BlockerJson {
  readonly reason: BlockerReason;
  /** When the reason ends, if that is known. */
  readonly until?: string;
  /** The limit that applies: attempts at once for `concurrency`, dispatches per second for `rate` and `throttled`. */
  readonly limit?: number;
  /** The tasks that are due and wait. */
  readonly due: number;
}
