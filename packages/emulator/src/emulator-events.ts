import type { AttemptOutcome } from "./engine/finish-attempt.ts";

/**
 * The beginning of a body, as much as `history.bodyBytes` says, with its secrets replaced by `***`.
 *
 * @example
 * const bytes = (shown: MaskedBody) => (shown.bodyEncoding === "base64" ? Buffer.from(shown.body, "base64") : Buffer.from(shown.body));
 */
export interface MaskedBody {
  /** The text, or the bytes in base64: `bodyEncoding` says which. */
  readonly body: string;
  readonly bodyEncoding: "text" | "base64";
  /** How large the whole body was, in bytes. */
  readonly bodySize: number;
}

/**
 * A request as it went out to a target. Values that carry secrets are replaced by `***`: in headers, in the URL, in the body.
 *
 * @example
 * const kind = (request: MaskedRequest) => request.headers.find(([name]) => name === "CloudTask-Name")?.[1];
 */
export interface MaskedRequest extends MaskedBody {
  readonly method: string;
  readonly url: string;
  /** In the order in which they were sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * What a target answered. Values that carry secrets are replaced by `***`.
 *
 * @example
 * const isJson = (response: MaskedResponse) => response.headers.some(([, value]) => value.startsWith("application/json"));
 */
export interface MaskedResponse extends MaskedBody {
  readonly status: number;
  /** In the order in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

interface AttemptEventBase {
  /** The full name of the task. */
  readonly task: string;
  /** The full name of its queue. */
  readonly queue: string;
  /** Which attempt of the task this is, from 1. */
  readonly attempt: number;
  /** Whether RunTask asked for it. */
  readonly forced: boolean;
  /** When it happened by the emulator's clock, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * A request to a target is on its way.
 *
 * @example
 * emulator.on("attempt", (event) => event.phase === "started" && running.add(event.task));
 */
export interface AttemptStarted extends AttemptEventBase {
  readonly phase: "started";
}

/**
 * The request was answered, or given up. Times are those of the emulator's clock, in milliseconds since the epoch.
 *
 * @example
 * emulator.on("attempt", (event) => event.phase === "finished" && statuses.push(event.status));
 */
export interface AttemptFinished extends AttemptEventBase {
  readonly phase: "finished";
  /** Grows with every attempt that finishes, also from one run of an emulator to the next. */
  readonly id: number;
  /** When the task was created. */
  readonly createdAt: number;
  /** When the attempt was to start. */
  readonly scheduledAt: number;
  /** When it started. */
  readonly dispatchedAt: number;
  /** The HTTP status of the answer; undefined where none came. */
  readonly status: number | undefined;
  /** How long it took by the emulator's clock, in milliseconds. */
  readonly durationMs: number;
  /** What became of the task: `ignored` where it was deleted in the meantime. */
  readonly outcome: AttemptOutcome;
  /** Why no answer came: `"deadline exceeded"`, or what the socket said. */
  readonly error: string | undefined;
  /** When the task is tried again, in milliseconds since the epoch, where it is. */
  readonly retryAt: number | undefined;
  /** What was sent; undefined where nothing was. */
  readonly request: MaskedRequest | undefined;
  /** What came back; undefined where nothing did in time. */
  readonly response: MaskedResponse | undefined;
}

/**
 * A task has come or gone.
 *
 * @example
 * emulator.on("task", (event) => event.kind === "created" && created.push(event.task));
 */
export interface TaskEvent {
  /** `deleted`: it is done, exhausted, or was deleted by a call; where an attempt ended it, that attempt is reported next. */
  readonly kind: "created" | "deleted";
  /** The full name of the task. */
  readonly task: string;
  /** The full name of its queue. */
  readonly queue: string;
  /** When it happened by the emulator's clock, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * A queue has come, changed, lost its tasks or gone. Tasks that go with it are not reported one by one.
 *
 * @example
 * emulator.on("queue", (event) => event.kind === "deleted" && known.delete(event.queue));
 */
export interface QueueEvent {
  readonly kind: "created" | "changed" | "purged" | "deleted";
  /** The full name of the queue. */
  readonly queue: string;
  /** When it happened by the emulator's clock, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * What an emulator tells its listeners, by the name of the event.
 *
 * @example
 * const log = (event: EmulatorEvents["attempt"]) => events.push(`${event.phase} ${event.task}, attempt ${event.attempt}`);
 * emulator.on("attempt", log);
 */
export interface EmulatorEvents {
  /** An attempt has started or finished. */
  readonly attempt: AttemptStarted | AttemptFinished;
  /** A task has come or gone. */
  readonly task: TaskEvent;
  /** A queue has come, changed or gone. */
  readonly queue: QueueEvent;
}
