/** In this file, times are milliseconds since the Unix epoch, exact to the microsecond. Durations are milliseconds. */

/** The state of a queue. Source: google.cloud.tasks.v2.Queue.State. */
export type QueueState = "RUNNING" | "PAUSED" | "DISABLED";

/** The settings of a queue, with every default filled in. */
export interface QueueSettings {
  readonly maxDispatchesPerSecond: number;
  readonly maxBurstSize: number;
  readonly maxConcurrentDispatches: number;
  /** The first attempt counts. -1 means no limit. */
  readonly maxAttempts: number;
  /** Measured from the first attempt. 0 means unset. */
  readonly maxRetryDurationMs: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly maxDoublings: number;
  /** Stored and returned only: the emulator writes no logs to Google. */
  readonly loggingSamplingRatio: number | undefined;
  /** A task of this age is deleted, even if it has not succeeded. */
  readonly taskTtlMs: number;
  /** How long the name of a removed task stays taken. Unset means `EngineOptions.taskCooldownMs`. */
  readonly tombstoneTtlMs: number | undefined;
  /** Overrides the routing of App Engine tasks. */
  readonly routing: AppEngineRouting | undefined;
  /** Overrides parts of the requests of HTTP tasks. */
  readonly httpTarget: HttpTarget | undefined;
}

/** When and how often a failed task is attempted again. Set on the queue, or on the task itself. */
export type RetrySettings = Pick<
  QueueSettings,
  "maxAttempts" | "maxRetryDurationMs" | "minBackoffMs" | "maxBackoffMs" | "maxDoublings"
>;

/** A queue as the store keeps it. */
export interface QueueRecord {
  readonly name: string;
  readonly state: QueueState;
  readonly settings: QueueSettings;
  readonly purgedAt: number | undefined;
  /** The google.iam.v1.Policy of the queue, as JSON. */
  readonly policy: string | undefined;
}

/** The OIDC token that a dispatch carries. */
export interface OidcRequest {
  readonly kind: "oidc";
  readonly serviceAccountEmail: string;
  /** Always set in a task. If empty in a queue's target, the URL of the task is used. */
  readonly audience: string;
}

/** The OAuth access token that a dispatch carries. */
export interface OAuthRequest {
  readonly kind: "oauth";
  readonly serviceAccountEmail: string;
  /** Always set in a task. If empty in a queue's target, https://www.googleapis.com/auth/cloud-platform is used. */
  readonly scope: string;
}

/** The part of an App Engine app that receives a task. Empty means the default. */
export interface AppEngineRouting {
  readonly service: string;
  readonly version: string;
  readonly instance: string;
}

/**
 * Overrides that a queue applies to the requests of its HTTP tasks when they are dispatched. Source:
 * google.cloud.tasks.v2beta3.HttpTarget.
 */
export interface HttpTarget {
  readonly uri: UriOverride | undefined;
  /** Unset keeps the task's method. */
  readonly method: string | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly authorization: OidcRequest | OAuthRequest | undefined;
}

/** Parts of the URL that a queue overrides. An undefined part keeps the task's value. */
export interface UriOverride {
  /** `SCHEME_UNSPECIFIED` means HTTPS. */
  readonly scheme: "SCHEME_UNSPECIFIED" | "HTTP" | "HTTPS" | undefined;
  readonly host: string | undefined;
  /** 0 removes the port. */
  readonly port: number | undefined;
  /** Empty removes the path. */
  readonly path: string | undefined;
  /** Empty removes the query. */
  readonly query: string | undefined;
  /** Unset means `ALWAYS`. */
  readonly mode: "ALWAYS" | "IF_NOT_EXISTS" | undefined;
}

/** The request of a task. It never changes and can be large, so the engine leaves it in the store. */
export type TaskRequest = HttpTaskRequest | AppEngineTaskRequest;

interface RequestBase {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A request to any URL. */
export interface HttpTaskRequest extends RequestBase {
  readonly kind: "http";
  readonly url: string;
  readonly authorization: OidcRequest | OAuthRequest | undefined;
}

/** A request to the App Engine app of the queue's project. */
export interface AppEngineTaskRequest extends RequestBase {
  readonly kind: "appEngine";
  readonly relativeUri: string;
  readonly routing: AppEngineRouting;
}

/** One attempt, as `Task.last_attempt` reports it. */
export interface AttemptRecord {
  readonly scheduledAt: number;
  /** Unset in the answer of RunTask, which describes the task before its request is sent. */
  readonly dispatchedAt: number | undefined;
  /** Unset while the attempt is in flight. */
  readonly finishedAt: number | undefined;
  /** The HTTP status of the answer. 504 if the deadline passed; unset if there was no answer. */
  readonly status: number | undefined;
  /** Whether the dispatch deadline passed before an answer arrived. */
  readonly timedOut: boolean;
}

/** A task as the store keeps it, without its request. */
export interface TaskRecord {
  readonly queue: string;
  readonly id: string;
  /** Whether the caller chose the id. */
  readonly named: boolean;
  /** The order of creation: every new task of an engine gets the next number. */
  readonly sequence: number;
  readonly createdAt: number;
  readonly scheduledAt: number;
  readonly deadlineMs: number;
  /** The task's own retry settings. They replace the queue's. */
  readonly retry: RetrySettings | undefined;
  /** The name of the task definition: the header `CloudTask-Name`. */
  readonly definition: string | undefined;
  /** Whether a worker kept the task after it discarded another one: it has the header `CloudTask-Dead-Reason`. */
  readonly isDeadLetter: boolean;
  /** Attempts that were started, including those in flight. */
  readonly dispatchCount: number;
  /** Attempts that got an answer: `X-AppEngine-TaskExecutionCount`. */
  readonly responseCount: number;
  /** Attempts whose answer was below 500: `X-CloudTasks-TaskExecutionCount`, and what the API calls `response_count`. */
  readonly executionCount: number;
  readonly failureCount: number;
  /** Whether `Retry-After` in the last answer decided `scheduledAt`, because it is later than the backoff. */
  readonly hasRetryAfter: boolean;
  readonly firstDispatchedAt: number | undefined;
  readonly lastAttempt: AttemptRecord | undefined;
}

/** The fields of a task that attempts change, except the schedule time. The store keeps them as one JSON column. */
export type AttemptFields = Pick<
  TaskRecord,
  | "dispatchCount"
  | "responseCount"
  | "executionCount"
  | "failureCount"
  | "hasRetryAfter"
  | "firstDispatchedAt"
  | "lastAttempt"
>;

/** These fields before the first attempt. */
export const notAttempted: AttemptFields = {
  dispatchCount: 0,
  responseCount: 0,
  executionCount: 0,
  failureCount: 0,
  hasRetryAfter: false,
  firstDispatchedAt: undefined,
  lastAttempt: undefined,
};

/** A name that stays taken for a while after its task or queue was removed. */
export interface Tombstone {
  /** The full resource name of a task or a queue. */
  readonly name: string;
  /** Whether a caller chose the name. True for every queue. */
  readonly named: boolean;
  readonly reusableAt: number;
}

/** A small value stored beside queues and tasks, for example a signing key. */
export interface StoredValue {
  readonly key: string;
  readonly value: string;
}
