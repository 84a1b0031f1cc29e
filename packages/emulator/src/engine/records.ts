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
  /** A task older than this is deleted, whatever became of it. */
  readonly taskTtlMs: number;
  /** How long the name of a task stays taken after it has gone; unset means what the engine was told. */
  readonly tombstoneTtlMs: number | undefined;
  /** Beats the routing of App Engine tasks. */
  readonly routing: AppEngineRouting | undefined;
  /** What the dispatches of HTTP tasks take from the queue. */
  readonly httpTarget: HttpTarget | undefined;
}

/** When a failed task is tried again, and how often: of a queue, or a task's own. */
export type RetrySettings = Pick<
  QueueSettings,
  "maxAttempts" | "maxRetryDurationMs" | "minBackoffMs" | "maxBackoffMs" | "maxDoublings"
>;

/** A queue as it is kept. */
export interface QueueRecord {
  readonly name: string;
  readonly state: QueueState;
  readonly settings: QueueSettings;
  readonly purgedAt: number | undefined;
  /** The google.iam.v1.Policy that was set, as JSON. */
  readonly policy: string | undefined;
}

/** The OIDC token that a dispatch carries. */
export interface OidcRequest {
  readonly kind: "oidc";
  readonly serviceAccountEmail: string;
  /** Empty means the target's URL. */
  readonly audience: string;
}

/** The OAuth access token that a dispatch carries. */
export interface OAuthRequest {
  readonly kind: "oauth";
  readonly serviceAccountEmail: string;
  /** Empty means https://www.googleapis.com/auth/cloud-platform. */
  readonly scope: string;
}

/** Where in an App Engine app a task goes; empty means the default. */
export interface AppEngineRouting {
  readonly service: string;
  readonly version: string;
  readonly instance: string;
}

/** What an HTTP queue sets on the requests of its tasks when they are dispatched: google.cloud.tasks.v2beta3.HttpTarget. */
export interface HttpTarget {
  readonly uri: UriOverride | undefined;
  /** Unset leaves the task's own. */
  readonly method: string | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly authorization: OidcRequest | OAuthRequest | undefined;
}

/** Parts of a URL that a queue sets; what is undefined stays as the task has it. */
export interface UriOverride {
  readonly scheme: "HTTP" | "HTTPS" | undefined;
  readonly host: string | undefined;
  /** 0 clears the port. */
  readonly port: number | undefined;
  /** Empty clears the path. */
  readonly path: string | undefined;
  /** Empty clears the query. */
  readonly query: string | undefined;
  readonly mode: "ALWAYS" | "IF_NOT_EXISTS";
}

/** The request of a task: never changes, and may be large, so the engine leaves it with the store. */
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

/** One attempt, as `Task.last_attempt` shows it. */
export interface AttemptRecord {
  readonly scheduledAt: number;
  readonly dispatchedAt: number;
  /** Unset while the attempt runs. */
  readonly finishedAt: number | undefined;
  /** The HTTP status of the answer; 504 for a deadline that passed; unset where no answer came. */
  readonly status: number | undefined;
  /** Whether the deadline passed before an answer came. */
  readonly timedOut: boolean;
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
  /** The task's own, which beats the queue's. */
  readonly retry: RetrySettings | undefined;
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

/** A small fact beside queues and tasks, by its name: a signing key, say. */
export interface StoredValue {
  readonly key: string;
  readonly value: string;
}
