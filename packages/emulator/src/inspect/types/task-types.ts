import type { AttemptJson } from "./attempt-types.ts";
import type { RequestJson, StatusClass, TaskState } from "./common-types.ts";
import type { DeadLetterFactsJson } from "./dead-letter-types.ts";

/**
 * GET /inspect/tasks — tasks that exist, and finished tasks of which the history still has an attempt.
 *
 * Filters, which must all match:
 * - `queue`: a full name or an id.
 * - `state`: one or more of `TaskState`, separated by commas. `waiting` means `scheduled,due,retrying`; `live` and `finished`
 *   mean all states of that kind. Default: all.
 * - `definition`: the name of a task definition. An empty value, `definition=`, does not filter; `definition=-` selects tasks
 *   without one.
 * - `status`: a class such as `5xx`, `none`, or a status such as `503`, of the last attempt.
 * - `text`: text that occurs in the name, the definition, the URL or the body, in upper or lower case. Masked values do not
 *   match.
 * - `answer`: how the last attempt failed; the `answer` of a group of GET /inspect/failures. Selects no finished task that was created
 *   again since the start of the emulator.
 * - `deadLetters`: `true` selects dead letters, `false` all other tasks.
 * - `from`, `to`: limits of the time by which the list is sorted; `from` is included, `to` is not.
 *
 * `sort` is one of these, with `-` before it for the reverse order:
 * - `schedule`: by the time of the next attempt. Selects tasks that exist.
 * - `create`: in order of creation.
 * - `finish`: by the end of the last attempt. Selects finished tasks.
 *
 * The default is `-finish` if only finished states are selected, `schedule` if only live ones are, otherwise `-create`.
 *
 * `limit` is 100 by default, 1000 at most. Pages neither skip nor repeat a task while other tasks are created and finish, even if
 * the task itself finishes meanwhile. Only a task whose schedule time changes can appear again in a list sorted by it, at its new place.
 * A request examines tasks for a limited time. A page can therefore have fewer tasks than `limit`, even none; more can follow as
 * long as there is a `nextCursor`.
 */
export interface TasksJson {
  readonly tasks: readonly TaskJson[];
  readonly nextCursor?: string;
  /** Whether the time of the request ended before the page was full. Request the next page to continue. */
  readonly isPartial?: true;
  /** The tasks that this request examined for the page. */
  readonly examined: number;
  readonly counts: TaskCountsJson;
}

/** Counts beside a page of tasks. They always cover all tasks, not only the page. Other filters than those named do not matter. */
export interface TaskCountsJson {
  /** The tasks of the filters `queue`, `definition` and `deadLetters`, by state. */
  readonly states: Readonly<Record<TaskState, number>>;
  /** The tasks of the filters `queue` and `deadLetters` by definition, the most frequent first, 100 at most. */
  readonly definitions: readonly DefinitionCountJson[];
  /** The finished tasks of the filter `queue` by the status of their last attempt. */
  readonly statuses: Readonly<Record<StatusClass, number>>;
  /** The dead letters of the filter `queue`. */
  readonly deadLetters: number;
}

export interface DefinitionCountJson {
  /** Left out for the tasks without a definition. */
  readonly definition?: string;
  readonly states: Readonly<Record<TaskState, number>>;
}

/** A task in a list. */
export interface TaskJson {
  /** The full name: `projects/…/locations/…/queues/…/tasks/…`. */
  readonly name: string;
  /** The full name of the queue. */
  readonly queue: string;
  /** The last part of the name. */
  readonly id: string;
  /** Increases with every task that is created, also across restarts. Distinguishes two tasks of the same name. */
  readonly sequence: number;
  readonly state: TaskState;
  /** The name of the task definition: the header `CloudTask-Name`. */
  readonly definition?: string;
  readonly createTime: string;
  /** When the next attempt is due, or when the last one was due if the task is running or finished. */
  readonly scheduleTime: string;
  /** When the last attempt of a finished task ended; left out if the task exists. */
  readonly finishTime?: string;
  /** Left out if the task is finished. */
  readonly dispatchDeadlineMs?: number;
  /** Attempts that were started, including those in flight. */
  readonly dispatchCount: number;
  /** Attempts that got an answer with a status below 500, as the API counts them; left out if the task is finished. */
  readonly responseCount?: number;
  /** Attempts that failed. */
  readonly failureCount: number;
  /** When the first attempt started. */
  readonly firstDispatchTime?: string;
  /** The last attempt, also one in flight. */
  readonly lastAttempt?: LastAttemptJson;
  /** Left out if it is no longer known. */
  readonly request?: SummaryJson;
  /** Why the next attempt has not started: the first entry applies now, the others when it has passed. Empty if it is running. */
  readonly waits: readonly WaitJson[];
  /** Present if the task is a dead letter. */
  readonly deadLetter?: DeadLetterFactsJson;
}

export interface LastAttemptJson {
  readonly scheduleTime: string;
  readonly dispatchTime?: string;
  /** Left out while the attempt is in flight. */
  readonly finishTime?: string;
  /** The HTTP status of the answer, 504 if the dispatch deadline passed; left out if there was no answer. */
  readonly status?: number;
  /** Whether the dispatch deadline passed. */
  readonly timedOut: boolean;
}

/** A summary of the request of a task. */
export interface SummaryJson {
  readonly kind: "http" | "appEngine";
  readonly method: string;
  /** The URL; for an App Engine task only the path and query. */
  readonly url: string;
  /** The size of the body, in bytes. */
  readonly bodySize: number;
  /** The beginning of the body, if it is text: 200 characters at most. */
  readonly preview?: string;
}

/** A reason why the next attempt of a task has not started. */
export type WaitReason =
  /** Its schedule time, as the creator chose it. */
  | "scheduleTime"
  /** The backoff after a failed attempt. */
  | "backoff"
  /** `Retry-After` in the last answer, which is later than the backoff. */
  | "retryAfter"
  /** The queue is paused. */
  | "paused"
  /** The queue is disabled. */
  | "disabled"
  /** The rate of the queue is 0. */
  | "rateZero"
  /** The rate of the queue. */
  | "rate"
  /** The rate of the queue, which is slowed down because its targets are overloaded. */
  | "throttled"
  /** As many attempts as the queue allows are in flight. */
  | "concurrency"
  /** Nothing: the attempt is about to start. */
  | "next";

/** A reason why the next attempt of a task has not started, with details. */
export interface WaitJson {
  readonly reason: WaitReason;
  /** When this reason ends. For `rate` an estimate from the tasks before it. Left out if it is unknown. */
  readonly until?: string;
  /** Tasks of the queue that are due before this one, for `rate`, `throttled` and `concurrency`. */
  readonly ahead?: number;
}

/**
 * GET /inspect/tasks/{full name}?bodyBytes= — a task and its attempts. A finished task is there as long as the history has one of
 * its attempts. If a name was used twice, this is the newer task. The answer is 404 if there is neither a task nor an attempt.
 *
 * `bodyBytes` is the number of bytes of the request's body to return; default: the option `history.bodyBytes`. The whole body is
 * available as long as the task exists.
 */
export interface TaskDetailJson {
  readonly task: TaskWithRequestJson;
  /** The attempts that finished, the newest first, 100 at most. */
  readonly attempts: readonly AttemptJson[];
  /** The `cursor` for more attempts: GET /inspect/attempts?task=&cursor= */
  readonly nextCursor?: string;
}

/** A task with its request. */
export interface TaskWithRequestJson extends Omit<TaskJson, "request"> {
  /** The request that the task sends; for a finished task that of its last attempt. Left out if it is no longer known. */
  readonly request?: RequestJson & { readonly kind: "http" | "appEngine" };
  /** Whether a copy of the finished task has its secrets. Left out if the task exists: its copies have them. */
  readonly hasSecrets?: boolean;
  /** The token that the next attempt will carry; left out if it carries none or if the task is finished. */
  readonly authorization?: AuthorizationJson;
  /** The retry settings of the task, if it has its own; otherwise those of the queue apply. */
  readonly retry?: RetryJson;
  /** The start of the attempts in flight: more than one only if RunTask forced it. */
  readonly running: readonly { readonly dispatchTime: string; readonly deadline: string; readonly forced: boolean }[];
}

/** The token that the emulator adds to a request. */
export interface AuthorizationJson {
  readonly kind: "oidc" | "oauth";
  readonly serviceAccount: string;
  /** The audience of an OIDC token. */
  readonly audience?: string;
  /** The scope of an OAuth token. */
  readonly scope?: string;
}

export interface RetryJson {
  /** -1 means no limit. */
  readonly maxAttempts: number;
  /** 0 means no limit. */
  readonly maxRetryDurationMs: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly maxDoublings: number;
}
