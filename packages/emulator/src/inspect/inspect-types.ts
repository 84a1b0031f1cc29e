/*
 * The JSON of `/inspect/` and `/control/`.
 *
 * Times are RFC 3339 in UTC with up to six fractional digits, by the emulator's clock. Durations are milliseconds. Unknown values
 * are left out. Secrets in headers, URLs and bodies are replaced by `***`. Errors have the format of the API:
 * `{"error":{"code":400,"message":"…","status":"INVALID_ARGUMENT"}}`.
 */

/** GET /inspect/emulator: the version, the options and the time of the emulator. */
export interface EmulatorJson {
  /** The version of the emulator, such as `1.2.3`. */
  readonly version: string;
  /** The base URL of the emulator. */
  readonly url: string;
  /** The project of the queues that the options name by id. */
  readonly project: string;
  /** The location of the queues that the options name by id. */
  readonly location: string;
  /** The current time by the emulator's clock. */
  readonly now: string;
  /** How far that clock is ahead of the machine's time, in milliseconds: after an advance, or with a clock of its own. */
  readonly clockOffsetMs: number;
  /** The options of `createEmulator()`, with their defaults. */
  readonly options: {
    readonly autoCreateQueues: boolean;
    readonly dataDir?: string;
    readonly appEngine?: string | Readonly<Record<string, string>>;
    readonly rewriteHosts: Readonly<Record<string, string>>;
    readonly targetCa?: string;
    readonly allowUnverifiedTls: boolean;
    readonly throttling: boolean;
    readonly taskCooldownMs: number;
    readonly queueCooldownMs: number;
    readonly history: { readonly attempts: number; readonly bodyBytes: number };
  };
  readonly history: {
    /** The number of finished attempts in the history. */
    readonly attempts: number;
    /** Their approximate memory, in bytes. */
    readonly bytes: number;
    /** Why attempts could not be written to the data directory. */
    readonly problem?: string;
  };
}

/** GET /inspect/queues?limit=&cursor= — the queues in order of name. `limit` is 100 by default, 1000 at most. */
export interface QueuesJson {
  readonly queues: readonly QueueJson[];
  /** The `cursor` of the next page; left out on the last page. */
  readonly nextCursor?: string;
}

/** The current state of a queue. */
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
  /** Tasks in the queue, including those with an attempt in flight. */
  readonly tasks: number;
  /** Tasks without an attempt in flight: they wait for their schedule time, the rate, the concurrency limit, or a resume. */
  readonly waiting: number;
  /** Attempts in flight. */
  readonly inFlight: number;
  /** Attempts that ended within the last minute. */
  readonly executedLastMinute: number;
  /** Dispatches per second that the queue allows now: its rate, or less while it is slowed down. */
  readonly effectiveRate: number;
  /** The earliest schedule time of a waiting task. */
  readonly nextScheduleTime?: string;
  /** Whether that time has passed. */
  readonly isDue: boolean;
}

/**
 * GET /inspect/tasks?queue=&state=&limit=&cursor= — the tasks, grouped by queue, in order of creation. `queue` is a full name or
 * an id, `state` is `waiting` or `running`, `limit` is 100 by default, 1000 at most. A page can have fewer tasks than `limit`,
 * even none. More tasks can follow as long as there is a `nextCursor`.
 */
export interface TasksJson {
  readonly tasks: readonly TaskJson[];
  readonly nextCursor?: string;
}

/** The current state of a task. */
export interface TaskJson {
  /** The full name: `projects/…/locations/…/queues/…/tasks/…`. */
  readonly name: string;
  /** The full name of the queue. */
  readonly queue: string;
  /** The last part of the name. */
  readonly id: string;
  /** `running` while an attempt is in flight. */
  readonly state: "waiting" | "running";
  readonly createTime: string;
  /** When the next attempt is due. */
  readonly scheduleTime: string;
  readonly dispatchDeadlineMs: number;
  /** Attempts that were started, including those in flight. */
  readonly dispatchCount: number;
  /** Attempts that got an answer with a status below 500, as the API counts them. */
  readonly responseCount: number;
  /** Attempts that failed. */
  readonly failureCount: number;
  /** When the first attempt started. */
  readonly firstDispatchTime?: string;
  readonly lastAttempt?: {
    readonly scheduleTime: string;
    readonly dispatchTime?: string;
    /** Left out while the attempt is in flight. */
    readonly finishTime?: string;
    /** The HTTP status of the answer, 504 if the dispatch deadline passed; left out if there was no answer. */
    readonly status?: number;
    /** Whether the dispatch deadline passed. */
    readonly timedOut: boolean;
  };
  readonly request?: SummaryJson;
}

/** A summary of the request of a task. */
export interface SummaryJson {
  readonly kind: "http" | "appEngine";
  readonly method: string;
  /** The URL; for an App Engine task only the path and query. */
  readonly url: string;
  /** The size of the body, in bytes. */
  readonly bodySize: number;
}

/**
 * GET /inspect/tasks/{full name} — a task and its attempts. A task that no longer exists still has the attempts in the history.
 * The answer is 404 if there is neither a task nor an attempt.
 */
export interface TaskDetailJson {
  /** Left out if the task no longer exists. */
  readonly task?: Omit<TaskJson, "request"> & { readonly request?: SummaryJson & RequestJson };
  /** The attempts, the newest first, 100 at most. */
  readonly attempts: readonly AttemptJson[];
  /** The `cursor` for more attempts: GET /inspect/attempts?task=&cursor= */
  readonly nextCursor?: string;
}

/**
 * GET /inspect/attempts?task=&queue=&outcome=&limit=&cursor= — finished attempts, the newest first. `task` and `queue` are full
 * names or ids, `outcome` is one of those of `FinishedJson`, `limit` is 100 by default, 1000 at most.
 */
export interface AttemptsJson {
  readonly attempts: readonly AttemptJson[];
  readonly nextCursor?: string;
}

/** GET /inspect/attempts/{id} — a finished attempt. */
export interface AttemptJson extends FinishedJson {
  /** Left out if no request was sent. */
  readonly request?: RequestJson;
  /** Left out if no response arrived in time. */
  readonly response?: ResponseJson;
}

/** The first bytes of a body, up to the option `history.bodyBytes`. */
interface BodyJson {
  readonly body: string;
  /** `base64` if the body is not UTF-8 text. */
  readonly bodyEncoding: "text" | "base64";
  /** The size of the whole body, in bytes. */
  readonly bodySize: number;
  /** Present if `body` is not the beginning of the body as it was sent: decompressed, decoded, masked only in part, or not kept. */
  readonly bodyNote?: string;
}

/** A request that was sent, or that a waiting task will send. */
export interface RequestJson extends BodyJson {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The response of a target. */
interface ResponseJson extends BodyJson {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * GET /inspect/events?types= — server-sent events with the names `attempt`, `task` and `queue`. `types` selects them, separated by
 * commas; the default is `attempt`. The data of an event is one of these types.
 *
 * The event of a finished attempt has the id of the attempt. A client that reconnects with `Last-Event-ID`, or with
 * `?lastEventId=`, first gets the later attempts in the history. Other events are not repeated. A client that reads too slowly
 * is disconnected after an event `dropped`, and can reconnect in the same way.
 */
export type EventJson = StartedJson | FinishedJson | TaskEventJson | QueueEventJson;

interface AttemptBaseJson {
  /** The full name of the task. */
  readonly task: string;
  /** The full name of the queue. */
  readonly queue: string;
  /** The number of the attempt, from 1 for the first attempt of the task. */
  readonly attempt: number;
  /** Whether RunTask started the attempt. */
  readonly forced: boolean;
  /** When the attempt started. */
  readonly dispatchTime: string;
}

/** The event `attempt` when an attempt has started: the request is being sent. */
export interface StartedJson extends AttemptBaseJson {
  readonly phase: "started";
}

/** The event `attempt` when an attempt has finished: it was answered, failed, or was aborted. */
export interface FinishedJson extends AttemptBaseJson {
  readonly phase: "finished";
  /** The name of the task definition: the header `CloudTask-Name`. Left out for tasks without it. */
  readonly definition?: string;
  /** `true` if the worker discarded the task, although the outcome is `succeeded`; left out otherwise. */
  readonly discarded?: boolean;
  /** A number that increases with every finished attempt. */
  readonly id: string;
  /** When the task was created. */
  readonly createTime: string;
  /** When the attempt was scheduled to start. */
  readonly scheduleTime: string;
  /** When the attempt finished. */
  readonly finishTime: string;
  readonly durationMs: number;
  /** The effect on the task. `ignored`: the task was deleted before the attempt finished. */
  readonly outcome: "succeeded" | "retrying" | "exhausted" | "ignored";
  /** The HTTP status of the answer; left out if there was none. */
  readonly status?: number;
  /** Why there was no answer: `deadline exceeded` or the error of the connection. */
  readonly error?: string;
  /** When the next attempt is due. */
  readonly retryTime?: string;
}

/** The event `task`: a task was created, or was deleted because it succeeded, is exhausted, or a call deleted it. */
interface TaskEventJson {
  readonly kind: "created" | "deleted";
  readonly task: string;
  readonly queue: string;
  readonly time: string;
}

/** The event `queue`: a queue was created, changed, purged or deleted. */
interface QueueEventJson {
  readonly kind: "created" | "changed" | "purged" | "deleted";
  readonly queue: string;
  readonly time: string;
}

/**
 * POST /control/reset — resets the emulator like `emulator.reset()`, and answers with the number of tasks that it deleted, the
 * queues and the time of the clock: `{"tasks": 3, "queues": ["…"], "now": "…"}`.
 */
export interface ResetJson {
  /** Whether to reset the clock to the machine's time; default false. */
  readonly clock?: boolean;
}

/**
 * POST /control/idle — answers when no attempt is in flight and no task is due, with the number of attempts that finished
 * meanwhile: `{"attempts": 2}`; 504 after the timeout.
 */
export interface IdleJson {
  /** How long to wait in real time: `"30s"`, or milliseconds; default: until the client disconnects. */
  readonly timeout?: string | number;
}

/**
 * POST /control/advance — moves the clock ahead like `emulator.advance()`, and answers with its new time and the number of
 * attempts that finished: `{"now": "…", "attempts": 2}`.
 */
export interface AdvanceJson {
  /** `"1h"`, or milliseconds; up to the year 9998. */
  readonly by: string | number;
  /** How long to wait in real time for the answers of each step: `"5s"` by default, or milliseconds. */
  readonly targetTimeout?: string | number;
}

/**
 * The answer to POST /control/faults, whose body is a fault as for `emulator.faults.add()`. DELETE /control/faults/{id} removes
 * it, DELETE /control/faults removes all faults. Both answer `{}`.
 */
export interface FaultJson {
  readonly id: string;
  /** The fault as it was sent. */
  readonly fault: object;
  /** How often the fault has applied so far. */
  readonly fired: number;
  /** Whether the fault has reached its `times` and no longer applies. */
  readonly isUsedUp: boolean;
}

/** GET /control/faults — all faults that were added and not removed. */
export interface FaultsJson {
  readonly faults: readonly FaultJson[];
}
