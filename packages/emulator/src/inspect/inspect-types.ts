/*
 * The JSON below `/inspect/` and `/control/`. Times are RFC 3339 in UTC, to the microsecond, by the emulator's clock; lengths of
 * time are milliseconds; what is not known is left out. Values that carry secrets are replaced by `***`: in headers, URLs and
 * bodies. Errors are `{"error":{"code":400,"message":"…","status":"INVALID_ARGUMENT"}}`, as those of the API.
 */

/** GET /inspect/emulator */
export interface EmulatorJson {
  readonly version: string;
  readonly url: string;
  readonly project: string;
  readonly location: string;
  readonly now: string;
  readonly options: {
    readonly autoCreateQueues: boolean;
    readonly dataDir?: string;
    readonly appEngine?: string | Readonly<Record<string, string>>;
    readonly rewriteHosts: Readonly<Record<string, string>>;
    readonly throttling: boolean;
    readonly taskCooldownMs: number;
    readonly queueCooldownMs: number;
    readonly history: { readonly attempts: number; readonly bodyBytes: number };
  };
  readonly history: {
    /** How many attempts are kept. */
    readonly attempts: number;
    /** About how much memory they take. */
    readonly bytes: number;
    /** Why they are not written to disk, where they should be. */
    readonly problem?: string;
  };
}

/** GET /inspect/queues?limit=&cursor= — by name; `limit` 100 by default, 1000 at most. */
export interface QueuesJson {
  readonly queues: readonly QueueJson[];
  /** For the next page; left out on the last one. */
  readonly nextCursor?: string;
}

/** A queue as it is now. */
export interface QueueJson {
  readonly name: string;
  readonly id: string;
  readonly state: "RUNNING" | "PAUSED" | "DISABLED";
  readonly maxDispatchesPerSecond: number;
  readonly maxBurstSize: number;
  readonly maxConcurrentDispatches: number;
  /** -1 for no limit. */
  readonly maxAttempts: number;
  /** 0 for no limit. */
  readonly maxRetryDurationMs: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly maxDoublings: number;
  readonly taskTtlMs: number;
  readonly purgeTime?: string;
  /** Tasks that exist, those that are attempted right now too. */
  readonly tasks: number;
  /** Tasks that wait for their time, their turn, or for the queue to run. */
  readonly waiting: number;
  /** Attempts that are under way. */
  readonly inFlight: number;
  /** Attempts that ended within the last minute. */
  readonly executedLastMinute: number;
  /** Dispatches a second that the queue allows at present. */
  readonly effectiveRate: number;
  /** The schedule time of the task that is next in turn. */
  readonly nextScheduleTime?: string;
  /** Whether that time has come. */
  readonly isDue: boolean;
}

/**
 * GET /inspect/tasks?queue=&state=&limit=&cursor= — by queue, in the order of creation; `queue` a full name or an id, `state`
 * `waiting` or `running`, `limit` 100 by default, 1000 at most. A page may hold fewer tasks than there are, even none: as long
 * as there is a `nextCursor`, more may follow.
 */
export interface TasksJson {
  readonly tasks: readonly TaskJson[];
  readonly nextCursor?: string;
}

/** A task as it is now. */
export interface TaskJson {
  readonly name: string;
  readonly queue: string;
  readonly id: string;
  readonly state: "waiting" | "running";
  readonly createTime: string;
  readonly scheduleTime: string;
  readonly dispatchDeadlineMs: number;
  /** Attempts started, answered, and failed. */
  readonly dispatchCount: number;
  readonly responseCount: number;
  readonly failureCount: number;
  readonly firstDispatchTime?: string;
  readonly lastAttempt?: {
    readonly scheduleTime: string;
    readonly dispatchTime: string;
    readonly finishTime?: string;
    readonly status?: number;
    readonly timedOut: boolean;
  };
  readonly request?: SummaryJson;
}

/** What a task will send, in short. */
export interface SummaryJson {
  readonly kind: "http" | "appEngine";
  readonly method: string;
  /** Of an App Engine task, what follows its host. */
  readonly url: string;
  readonly bodySize: number;
}

/** GET /inspect/tasks/{full name} — a task, or what is left of it: 404 where there is neither a task nor an attempt. */
export interface TaskDetailJson {
  /** Left out where the task has gone. */
  readonly task?: Omit<TaskJson, "request"> & { readonly request?: SummaryJson & RequestJson };
  /** The newest first, 100 at most. */
  readonly attempts: readonly AttemptJson[];
  /** For more of them: GET /inspect/attempts?task=&cursor= */
  readonly nextCursor?: string;
}

/**
 * GET /inspect/attempts?task=&queue=&outcome=&limit=&cursor= — the newest first; `task` and `queue` full names or ids, `limit`
 * 100 by default, 1000 at most.
 */
export interface AttemptsJson {
  readonly attempts: readonly AttemptJson[];
  readonly nextCursor?: string;
}

/** GET /inspect/attempts/{id} — an attempt that is over. */
export interface AttemptJson extends FinishedJson {
  /** Left out where nothing was sent. */
  readonly request?: RequestJson;
  /** Left out where nothing came back in time. */
  readonly response?: ResponseJson;
}

/** The beginning of a body: as text, or in base64 where it is no text. */
interface BodyJson {
  readonly body: string;
  readonly bodyEncoding: "text" | "base64";
  /** Of the whole body, in bytes. */
  readonly bodySize: number;
}

/** A request as it was sent, or will be. */
export interface RequestJson extends BodyJson {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What a target answered. */
interface ResponseJson extends BodyJson {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * GET /inspect/events?types= — server-sent events, named `attempt`, `task` and `queue`; `types` says which, separated by
 * commas, default `attempt`. The data of each is one of these. An attempt that finished has its id for the event's, so that
 * `Last-Event-ID`, or `?lastEventId=`, goes on after it, as far as the history reaches; the others are not repeated. A client
 * that does not read is let go.
 */
export type EventJson = StartedJson | FinishedJson | TaskEventJson | QueueEventJson;

interface AttemptBaseJson {
  readonly task: string;
  readonly queue: string;
  /** Which attempt of the task, from 1. */
  readonly attempt: number;
  /** Whether RunTask asked for it. */
  readonly forced: boolean;
  readonly dispatchTime: string;
}

/** `attempt`: a request is on its way. */
export interface StartedJson extends AttemptBaseJson {
  readonly phase: "started";
}

/** `attempt`: it was answered, or given up. */
export interface FinishedJson extends AttemptBaseJson {
  readonly phase: "finished";
  /** Grows from each attempt to the next. */
  readonly id: string;
  readonly createTime: string;
  readonly scheduleTime: string;
  readonly finishTime: string;
  readonly durationMs: number;
  readonly outcome: "succeeded" | "retrying" | "exhausted" | "ignored";
  readonly status?: number;
  /** Why no answer came. */
  readonly error?: string;
  /** When it is tried again. */
  readonly retryTime?: string;
}

/** `task`: one has come or gone. */
interface TaskEventJson {
  readonly kind: "created" | "deleted";
  readonly task: string;
  readonly queue: string;
  readonly time: string;
}

/** `queue`: one has come, changed, lost its tasks or gone. */
interface QueueEventJson {
  readonly kind: "created" | "changed" | "purged" | "deleted";
  readonly queue: string;
  readonly time: string;
}

/** POST /control/idle — answered when nothing is in flight and nothing is due; `{}`, or 504 after the timeout. */
export interface IdleJson {
  /** `"30s"`, or milliseconds, by the machine's time; default: as long as the client waits. */
  readonly timeout?: string | number;
}

/** POST /control/advance — turns the clock ahead, up to the year 9998, as `emulator.advance()` does; answers `{"now":"…"}`. */
export interface AdvanceJson {
  readonly by: string | number;
  readonly targetTimeout?: string | number;
}

/** POST /control/faults with a fault answers this; so does GET for all of them. DELETE takes all away, DELETE /control/faults/{id} one. */
export interface FaultJson {
  readonly id: string;
  readonly fault: object;
  /** How often it has struck. */
  readonly fired: number;
  readonly isUsedUp: boolean;
}

/** GET /control/faults */
export interface FaultsJson {
  readonly faults: readonly FaultJson[];
}
