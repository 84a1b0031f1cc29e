/** Times are milliseconds since the Unix epoch, exact to the microsecond; lengths of time are milliseconds. */

/** The state of a queue, by the names of google.cloud.tasks.v2.Queue.State. */
export type QueueState = "RUNNING" | "PAUSED" | "DISABLED";

/** What a user can set on a queue, with every default filled in. */
export interface QueueSettings {
  readonly maxDispatchesPerSecond: number;
  readonly maxBurstSize: number;
  readonly maxConcurrentDispatches: number;
  /** -1 means without limit. */
  readonly maxAttempts: number;
  /** 0 means without limit. */
  readonly maxRetryDurationMs: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly maxDoublings: number;
  /** Kept and given back; the emulator writes no logs to Google. */
  readonly loggingSamplingRatio: number | undefined;
}

/** A queue as it is kept. */
export interface QueueRecord {
  readonly name: string;
  readonly state: QueueState;
  readonly settings: QueueSettings;
  readonly purgedAt: number | undefined;
}

/** The account and audience of the token that a dispatch carries. */
export interface OidcRequest {
  readonly serviceAccountEmail: string;
  /** Empty means the target's URL. */
  readonly audience: string;
}

/** The request of a task: never changes, and may be large, so the engine leaves it with the store. */
export interface TaskRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly oidc: OidcRequest | undefined;
}

/** One attempt, as `Task.last_attempt` shows it. */
export interface AttemptRecord {
  readonly scheduledAt: number;
  readonly dispatchedAt: number;
  /** Unset while the attempt runs. */
  readonly finishedAt: number | undefined;
  /** The HTTP status of the answer; 504 for a deadline that passed; unset where no answer came. */
  readonly status: number | undefined;
}

/** A task as it is kept, without its request. */
export interface TaskRecord {
  readonly queue: string;
  readonly id: string;
  /** Whether the caller chose the id. */
  readonly named: boolean;
  /** Grows with every task of an engine: the order of creation. */
  readonly sequence: number;
  readonly createdAt: number;
  readonly scheduledAt: number;
  readonly deadlineMs: number;
  /** Attempts started, those in flight too. */
  readonly dispatchCount: number;
  /** Attempts that were answered. */
  readonly responseCount: number;
  /** Attempts that were answered with anything but a 5xx: `X-CloudTasks-TaskExecutionCount`. */
  readonly executionCount: number;
  readonly failureCount: number;
  readonly firstDispatchedAt: number | undefined;
  readonly lastAttempt: AttemptRecord | undefined;
}

/** A name that is taken for a while after its task or queue has gone. */
export interface Tombstone {
  /** The full resource name of a task or a queue. */
  readonly name: string;
  /** Whether a caller chose the name: true for every queue. */
  readonly named: boolean;
  readonly reusableAt: number;
}
