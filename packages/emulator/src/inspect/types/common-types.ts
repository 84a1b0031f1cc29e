/*
 * The JSON of `/inspect/` and `/control/`, by subject.
 *
 * Times are RFC 3339 in UTC with up to six fractional digits, by the emulator's clock. Durations are milliseconds. Unknown values
 * are left out. Secrets in headers, URLs and bodies are replaced by `***`. Errors have the format of the API:
 * `{"error":{"code":400,"message":"…","status":"INVALID_ARGUMENT"}}`.
 */

/** The state of a task that exists. A task is in exactly one of them. */
export type LiveState =
  /** It was never attempted, or only by attempts that are not counted, and its schedule time is in the future. */
  | "scheduled"
  /** Its schedule time has passed, but no attempt is in flight: rate, concurrency or a pause delays it. Retries are included. */
  | "due"
  /** An attempt is in flight. */
  | "running"
  /** It has failed, and its next attempt is in the future. */
  | "retrying";

/** The state of a task that no longer exists, as far as the history still has one of its attempts. */
export type FinishedState =
  /** The last attempt was answered with 2xx. */
  | "succeeded"
  /** The worker discarded the task: it answered 2xx with `CloudTask-Outcome: discarded`. */
  | "discarded"
  /** The last attempt failed, and no further attempt was allowed. */
  | "exhausted"
  /** A call, a purge or the task's age deleted it after at least one attempt. */
  | "deleted";

/** The state of a task. */
export type TaskState = LiveState | FinishedState;

/** The HTTP status of an attempt by its class: `none` if no answer arrived. */
export type StatusClass = "2xx" | "3xx" | "4xx" | "5xx" | "none";

/** The first bytes of a body. */
export interface BodyJson {
  readonly body: string;
  /** `base64` if the body is not UTF-8 text. */
  readonly bodyEncoding: "text" | "base64";
  /** The size of the whole body, in bytes. */
  readonly bodySize: number;
  /** Present if the end of the body is missing. A masked secret and its `***` differ in size, so `bodySize` does not tell that. */
  readonly isBodyCut?: true;
  /** Present if `body` is not the beginning of the body as it was sent: decompressed, decoded, masked only in part, or not kept. */
  readonly bodyNote?: string;
}

/** A request that was sent, or that a waiting task will send. */
export interface RequestJson extends BodyJson {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}
