import type { AttemptOutcome } from "./engine/finish-attempt.ts";

/**
 * The first bytes of a body, up to `history.bodyBytes`. Secrets are replaced by `***`.
 *
 * @example
 * const bytes = (masked: MaskedBody) => (masked.bodyEncoding === "base64" ? Buffer.from(masked.body, "base64") : Buffer.from(masked.body));
 */
export interface MaskedBody {
  /** The body as text or in base64, as `bodyEncoding` states. */
  readonly body: string;
  readonly bodyEncoding: "text" | "base64";
  /** The size of the whole body, in bytes, as it was sent. */
  readonly bodySize: number;
  /** Set if the end of the body is missing. `bodySize` does not tell that, because a secret and its `***` differ in size. */
  readonly isBodyCut?: true;
  /**
   * Set if `body` is not the beginning of the body as it was sent: it was decompressed or decoded, it is binary and masked only
   * in part, or it is not kept.
   */
  readonly bodyNote?: string;
}

/**
 * The request that was sent to a target. Secrets in the URL, the headers and the body are replaced by `***`.
 *
 * @example
 * const task = (request: MaskedRequest) => request.headers.find(([name]) => name === "CloudTask-Name")?.[1];
 */
export interface MaskedRequest extends MaskedBody {
  readonly method: string;
  readonly url: string;
  /** The claims of the OIDC token in `Authorization`, which is masked itself; left out if there was none. */
  readonly tokenClaims?: Readonly<Record<string, unknown>>;
  /** The headers in the order they were sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * The response of a target. Secrets in the headers and the body are replaced by `***`.
 *
 * @example
 * const isJson = (response: MaskedResponse) => response.headers.some(([, value]) => value.startsWith("application/json"));
 */
export interface MaskedResponse extends MaskedBody {
  readonly status: number;
  /** The URL that answered, if the target redirected the request. Its secrets are replaced by `***`. */
  readonly redirectedTo?: string;
  /** The headers in the order they were received. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * The properties that all events of an attempt have.
 *
 * @example
 * const label = ({ task, attempt }: AttemptEventBase) => `${task}, attempt ${attempt}`;
 */
export interface AttemptEventBase {
  /** The full name of the task. */
  readonly task: string;
  /** The full name of the task's queue. */
  readonly queue: string;
  /** The number of the attempt, from 1 for the first attempt of the task. */
  readonly attempt: number;
  /** `true` if RunTask started the attempt. */
  readonly forced: boolean;
  /** The time of the event by the emulator's clock, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * An attempt started: the emulator is sending the request to the target.
 *
 * @example
 * emulator.on("attempt", (event) => event.phase === "started" && running.add(event.task));
 */
export interface AttemptStarted extends AttemptEventBase {
  readonly phase: "started";
}

/**
 * An attempt finished: it was answered, it failed or it was aborted. All times are milliseconds since the epoch by the
 * emulator's clock.
 *
 * @example
 * emulator.on("attempt", (event) => event.phase === "finished" && statuses.push(event.status));
 */
export interface AttemptFinished extends AttemptEventBase {
  readonly phase: "finished";
  /** A number that increases with every finished attempt, also across restarts of the emulator. */
  readonly id: number;
  /** The order of creation of the task: every new task gets a greater number, also across restarts of the emulator. */
  readonly sequence: number;
  /** The time at which the task was created. */
  readonly createdAt: number;
  /** The time for which the attempt was scheduled. */
  readonly scheduledAt: number;
  /** The time at which the attempt started. */
  readonly dispatchedAt: number;
  /** The HTTP status of the response; undefined if there was none. */
  readonly status: number | undefined;
  /** The duration of the attempt by the emulator's clock, in milliseconds. */
  readonly durationMs: number;
  /** The name of the task definition, which the `cloudtask` library sends in `CloudTask-Name`; undefined for other tasks. */
  readonly definition?: string | undefined;
  /**
   * `true` if the worker discarded the task: it answered 2xx with `CloudTask-Outcome: discarded`. The outcome is then
   * `succeeded`, because Cloud Tasks does not retry, but the work was not done.
   */
  readonly discarded?: boolean | undefined;
  /** The effect on the task; `ignored` if the task had been deleted before the attempt finished. */
  readonly outcome: AttemptOutcome;
  /** The reason why there was no response: `"deadline exceeded"` or the error of the connection. */
  readonly error: string | undefined;
  /** The time at which the next attempt is due; undefined if there is none. */
  readonly retryAt: number | undefined;
  /** `true` if `Retry-After` in the response decided `retryAt`, because it is later than the backoff. */
  readonly hasRetryAfter?: boolean | undefined;
  /** The request; undefined if none was sent. */
  readonly request: MaskedRequest | undefined;
  /** The response; undefined if none arrived in time. */
  readonly response: MaskedResponse | undefined;
}

/**
 * A task was created or deleted.
 *
 * @example
 * emulator.on("task", (event) => event.kind === "created" && created.push(event.task));
 */
export interface TaskEvent {
  /**
   * `deleted`: the task succeeded, used up its attempts, or was deleted by a call. If an attempt ended the task, the event of
   * that attempt follows.
   */
  readonly kind: "created" | "deleted";
  /** The full name of the task. */
  readonly task: string;
  /** The full name of the task's queue. */
  readonly queue: string;
  /** The time of the event by the emulator's clock, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * CreateTask was rejected with ALREADY_EXISTS, because a task has this name or had it recently.
 *
 * @example
 * emulator.on("nameTaken", (event) => duplicates.push(event.task));
 */
export interface NameTaken {
  /** The full name that was requested. */
  readonly task: string;
  /** The full name of the task's queue. */
  readonly queue: string;
  /** The time of the event by the emulator's clock, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * A call was rejected with NOT_FOUND, because its queue does not exist in this emulator. Often the client uses another project
 * or location.
 *
 * @example
 * emulator.on("queueNotFound", (event) => console.warn(`no queue ${event.queue}, only ${event.existing.join(", ")}`));
 */
export interface QueueNotFound {
  /** The full name that was requested. */
  readonly queue: string;
  /** The full names of queues that exist, 10 at most. */
  readonly existing: readonly string[];
  /** The time of the event by the emulator's clock, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * A queue was created, changed, purged or deleted. Tasks that are deleted together with their queue have no events of their
 * own.
 *
 * @example
 * emulator.on("queue", (event) => event.kind === "deleted" && queues.delete(event.queue));
 */
export interface QueueEvent {
  readonly kind: "created" | "changed" | "purged" | "deleted";
  /** The full name of the queue. */
  readonly queue: string;
  /** The time of the event by the emulator's clock, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * The events of an emulator by name, for `emulator.on()`.
 *
 * @example
 * const log = (event: EmulatorEvents["attempt"]) => events.push(`${event.phase} ${event.task}, attempt ${event.attempt}`);
 * emulator.on("attempt", log);
 */
export interface EmulatorEvents {
  /** An attempt started or finished. */
  readonly attempt: AttemptStarted | AttemptFinished;
  /** A task was created or deleted. */
  readonly task: TaskEvent;
  /** A task was not created, because its name is taken. */
  readonly nameTaken: NameTaken;
  /** A call was rejected, because its queue does not exist. */
  readonly queueNotFound: QueueNotFound;
  /** A queue was created, changed, purged or deleted. */
  readonly queue: QueueEvent;
}
