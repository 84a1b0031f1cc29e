/**
 * GET /control/session — the token that a web page must send in the header `X-CloudTask-Token` with every other request to
 * `/control/`. The emulator also writes it into the pages that it serves, as `<meta name="cloudtask-token" content="…">`. It
 * changes with every start of the emulator: after a 403, read it again. Callers other than browsers need no token.
 */
export interface SessionJson {
  readonly token: string;
  readonly version: string;
}

/**
 * POST /control/reset — resets the emulator like `emulator.reset()`, and answers with the number of tasks that it deleted, the
 * queues and the time of the clock: `{"tasks": 3, "queues": ["…"], "now": "…"}`.
 */
export interface ResetJson {
  /** Whether to turn the clock back to the machine's time; default false. */
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
 * attempts that finished: `{"now": "…", "attempts": 2}`. Exactly one of `by` and `to` is required.
 */
export interface AdvanceJson {
  /** `"1h"`, or milliseconds; up to the year 9998. */
  readonly by?: string | number;
  /** The time to which the clock is moved. If it has passed, the clock stays. */
  readonly to?: string;
  /** How long to wait in real time for the answers of each step: `"5s"` by default, or milliseconds. */
  readonly targetTimeout?: string | number;
}

/** POST /control/turn-back — returns the clock to the machine's time, and answers `{"now": "…"}`. Tasks keep their times. */
export type TurnBackJson = Readonly<Record<string, never>>;

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

/**
 * POST /control/push — creates a task from another one, with changes, and answers `{"name": "…"}`, the full name of the new task.
 * Everything that is left out is copied, including secrets and the token, which a page cannot read. To create a task without a
 * copy, call `POST /v2/{queue}/tasks`.
 *
 * `from` names a task that exists, a dead letter, or a finished task in the history. The history has no secrets and only the
 * beginning of large bodies: if the copy would need a value that is missing, the answer is 400 FAILED_PRECONDITION, and its
 * message names it. An App Engine task cannot be copied from the history.
 */
export interface PushJson {
  /** The full name of the task to copy. */
  readonly from: string;
  /** Whether to delete that task in the same step: "edit and push again". Default false. */
  readonly delete?: boolean;
  /** The full name of the queue; default: that of the copied task, for a dead letter its home queue. */
  readonly queue?: string;
  /** The id of the new task; default: a generated one. */
  readonly id?: string;
  /** When the task is due; default: now. */
  readonly scheduleTime?: string;
  readonly dispatchDeadlineMs?: number;
  readonly method?: string;
  /** The URL; for an App Engine task the path and query. */
  readonly url?: string;
  /** All headers. A value of `***` keeps the value of the copied task. Headers that are left out are removed. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body as text. Each `***` that stands for a masked value keeps that value, as long as their number and order stay. */
  readonly body?: string;
  /** The body in base64, instead of `body`. */
  readonly bodyBase64?: string;
}

/** POST /control/redrive `{"tasks": ["…"]}` — creates up to 100 dead letters again in their home queue, and then deletes them. */
export interface RedriveJson {
  readonly tasks: readonly string[];
}

/** The answer to POST /control/redrive, in the order of the request. */
export interface RedrivenJson {
  readonly results: readonly {
    /** The full name of the dead letter. */
    readonly task: string;
    /** The full name of the new task. */
    readonly name?: string;
    /** Why the dead letter could not be redriven. It still exists, unless it was missing. */
    readonly error?: string;
  }[];
}
