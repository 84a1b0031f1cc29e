import type { BodyJson, RequestJson } from "./common-types.ts";

/**
 * GET /inspect/attempts — finished attempts, the newest first. Filters, which must all match:
 * - `task`, `queue`: full names or ids. `definition`, `status`, `text`: as for tasks; `text` also matches the answer.
 * - `outcome`: one or more of those of `FinishedJson`, separated by commas; also `discarded`, and `failed`, which means
 *   `retrying,exhausted`.
 * - `answer`: how the attempt failed; the `answer` of a group of GET /inspect/failures.
 * - `from`, `to`: limits of the time at which the attempt finished.
 *
 * `limit` is 100 by default, 1000 at most. A page can have fewer attempts than `limit` as long as there is a `nextCursor`.
 */
export interface AttemptsJson {
  readonly attempts: readonly AttemptJson[];
  readonly nextCursor?: string;
  /** Whether the time of the request ended before the page was full. Request the next page to continue. */
  readonly isPartial?: true;
}

/** GET /inspect/attempts/{id} — a finished attempt. */
export interface AttemptJson extends FinishedJson {
  /** Left out if no request was sent. */
  readonly request?: SentRequestJson;
  /** Left out if no response arrived in time. */
  readonly response?: ResponseJson;
}

/** A request that was sent. */
interface SentRequestJson extends RequestJson {
  /** The claims of the OIDC token in `Authorization`, which is masked itself. */
  readonly tokenClaims?: Readonly<Record<string, unknown>>;
}

/** The response of a target. */
interface ResponseJson extends BodyJson {
  readonly status: number;
  /** The URL that answered, if the target redirected the request. */
  readonly redirectedTo?: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

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
  /** The `sequence` of the task. */
  readonly sequence: number;
  /** When the task was created. */
  readonly createTime: string;
  /** When the attempt was scheduled to start. */
  readonly scheduleTime: string;
  /** When the attempt finished. */
  readonly finishTime: string;
  readonly durationMs: number;
  /** How much later than scheduled the attempt started. */
  readonly latenessMs: number;
  /** The effect on the task. `ignored`: the task was deleted before the attempt finished. */
  readonly outcome: "succeeded" | "retrying" | "exhausted" | "ignored";
  /** The HTTP status of the answer; left out if there was none. */
  readonly status?: number;
  /** Why there was no answer: `deadline exceeded` or the error of the connection. */
  readonly error?: string;
  /** When the next attempt is due. */
  readonly retryTime?: string;
  /** Whether `Retry-After` in the answer decided `retryTime`, not the backoff. */
  readonly retryAfter?: true;
}
