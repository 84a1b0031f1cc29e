import type {
  BlockerJson,
  DeadLetterFactsJson,
  QueueJson,
  RequestJson,
  SummaryJson,
  TaskJson,
  TaskWithRequestJson,
} from "@cloudtask/emulator/internal";

/*
 * The JSON of the paths below `/inspect/` over Google Cloud. They are those of the emulator; a value that the API of Cloud Tasks does
 * not state is left out.
 */

type Settings =
  | "name"
  | "id"
  | "state"
  | "maxDispatchesPerSecond"
  | "maxBurstSize"
  | "maxConcurrentDispatches"
  | "maxAttempts"
  | "maxRetryDurationMs"
  | "minBackoffMs"
  | "maxBackoffMs"
  | "maxDoublings";

/** Cloud Tasks estimates them, and states them only in v2beta3. */
type Estimates = "tasks" | "inFlight" | "executedLastMinute" | "effectiveRate" | "nextScheduleTime" | "isDue";

/** GET /inspect/queues/{full name}. */
export interface CloudQueueJson
  extends Pick<QueueJson, Settings>,
    Partial<Pick<QueueJson, Estimates | "taskTtlMs" | "purgeTime">> {
  /** Why nothing runs, or runs slowly, as far as the settings and the estimates tell. */
  readonly blockers: readonly CloudBlockerJson[];
}

export interface CloudBlockerJson extends Pick<BlockerJson, "limit"> {
  readonly reason: Exclude<BlockerJson["reason"], "failing" | "rate">;
}

/** GET /inspect/queues. */
export interface CloudQueuesJson {
  readonly queues: readonly CloudQueueJson[];
}

/** The last attempt, or the first one, of which Cloud Tasks keeps only `dispatchTime`. */
export interface CloudAttemptJson {
  readonly scheduleTime?: string;
  readonly dispatchTime?: string;
  /** When the answer arrived; left out while there is none. */
  readonly finishTime?: string;
  /** The HTTP status, if the message of Cloud Tasks names one. */
  readonly status?: number;
  /** The message of Cloud Tasks, such as `UNAVAILABLE(14): HTTP status code 503`. */
  readonly message?: string;
}

/** Why the next attempt has not started. Cloud Tasks does not state whether a retry waits for its backoff or for `Retry-After`. */
export interface CloudWaitJson {
  readonly reason: "scheduleTime" | "retry";
  readonly until: string;
}

type Unknown = "sequence" | "lastAttempt" | "request" | "waits" | "finishTime";

/** A task in a list. */
export interface CloudTaskJson extends Omit<TaskJson, Unknown> {
  readonly lastAttempt?: CloudAttemptJson;
  readonly waits: readonly CloudWaitJson[];
  /** Without the size and the beginning of the body, if the credentials may not read bodies. */
  readonly request: Omit<SummaryJson, "bodySize"> & { readonly bodySize?: number };
}

/** GET /inspect/tasks: accepts the filters `queue`, `state`, `definition`, `status`, `text`, `deadLetters` and `reason`. */
export interface CloudTasksJson extends CloudPageJson {
  readonly tasks: readonly CloudTaskJson[];
}

/** GET /inspect/dead-letters. */
export interface CloudDeadLettersJson extends CloudPageJson {
  readonly deadLetters: readonly (CloudTaskJson & { readonly deadLetter: DeadLetterFactsJson })[];
}

/** A page of a list, in the order of the API. A request reads a limited number of tasks, so a page can be empty before the last one. */
interface CloudPageJson {
  readonly nextCursor?: string;
  readonly isPartial?: true;
  /** The tasks that this request read. */
  readonly examined: number;
  /** Why bodies are neither shown nor searched. */
  readonly bodiesHidden?: string;
}

/** GET /inspect/tasks/{full name}. It has no `attempts`: Cloud Tasks keeps only the first and the last one. */
export interface CloudTaskDetailJson {
  readonly task: CloudTaskWithRequestJson;
}

export interface CloudTaskWithRequestJson
  extends Omit<CloudTaskJson, "request">,
    Pick<TaskWithRequestJson, "authorization" | "retry"> {
  readonly request: RequestJson & { readonly kind: "http" | "appEngine" };
  /** Why the body is left out of `request`. */
  readonly bodiesHidden?: string;
  /** The attempt in flight. */
  readonly running: readonly { readonly dispatchTime: string; readonly deadline: string }[];
}
