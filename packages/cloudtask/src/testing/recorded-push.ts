import type { Registry } from "../execution/registry.ts";
import type { StoredTask } from "./stored-task.ts";
import { readPayload } from "./wire-payload.ts";

declare const returns: unique symbol;

/**
 * A push that a test client recorded: what Cloud Tasks would have been asked for.
 *
 * @typeParam Payload - what the definition's `push()` takes
 * @typeParam Result - what its handler returns
 */
export interface RecordedPush<out Payload = unknown, out Result = unknown> {
  /** The name of the definition. */
  readonly task: string;
  /**
   * The payload as it travels, read back: JSON, and so a string where a schema let a Date be pushed; with a `serializer` what that
   * restores. It is what the schema is given in the worker, not what the handler is.
   */
  readonly payload: Payload;
  /** The id of the task in its queue. */
  readonly id: string;
  /** Its full resource name. */
  readonly name: string;
  /** The id of the queue. */
  readonly queue: string;
  /** When it was pushed, by the test client's clock. */
  readonly pushedAt: Date;
  /** When it is to run; `pushedAt` where the push said nothing. */
  readonly scheduleTime: Date;
  /** From the one to the other, in milliseconds; 0 for at once. */
  readonly delayMs: number;
  /** Its dispatch deadline in milliseconds; `undefined` where it is left to Cloud Tasks. */
  readonly dispatchDeadlineMs: number | undefined;
  /** Where its worker is. */
  readonly url: string;
  /** What is sent along, save for the secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether its name was taken, so that no task came of it. */
  readonly deduplicated: boolean;
  /** What its handler returns. Exists only in the types. */
  readonly [returns]?: Result;
}

/**
 * @param task - what was pushed
 * @param deduplicated - whether its name was taken
 * @param registry - the client's
 * @returns what a test is shown of it
 */
export function recordedPush(task: StoredTask, deduplicated: boolean, registry: Registry): RecordedPush {
  const { id, name, queue, createdMs, scheduleMs, dispatchDeadlineMs, url } = task;
  const secretHeader = registry.callers.secretHeader.toLowerCase();
  const headers = Object.entries(task.headers).filter(([header]) => header.toLowerCase() !== secretHeader);
  return Object.freeze({
    ...readPayload(task.body, registry.serializer),
    id,
    name,
    queue,
    pushedAt: new Date(createdMs),
    scheduleTime: new Date(scheduleMs),
    delayMs: scheduleMs - createdMs,
    dispatchDeadlineMs,
    url,
    headers: Object.fromEntries(headers),
    deduplicated,
  });
}
