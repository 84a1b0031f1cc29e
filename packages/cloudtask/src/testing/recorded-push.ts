import { RETRY_HEADER } from "../core/headers.ts";
import type { RetrySettings } from "../core/retry-settings.ts";
import { parseRetryHeader } from "../core/task-retry.ts";
import type { Registry } from "../execution/registry.ts";
import type { RequestedTask } from "./create-task-request.ts";
import { parsePayload, type StoredTask } from "./stored-task.ts";

declare const returns: unique symbol;

/**
 * A push that a test client recorded instead of sending it to Cloud Tasks.
 *
 * @typeParam Payload - the payload type of the definition
 * @typeParam Result - the type that the handler returns
 *
 * @example
 * ```ts
 * const [push] = tasks.pushed(sendWelcomeEmail);
 * expect(push).toMatchObject({ payload: { email: "ada@example.com" }, queue: "emails", delayMs: 600_000 });
 * ```
 */
export interface RecordedPush<out Payload = unknown, out Result = unknown> {
  /** The name of the definition. */
  readonly task: string;
  /**
   * The payload as it is sent: plain JSON, so a Date has become a string, or the value that your `serializer` restores. This is the
   * input of the worker's schema; the handler receives the schema's output.
   */
  readonly payload: Payload;
  /** The id of the task in its queue. */
  readonly id: string;
  /** The full resource name of the task. */
  readonly name: string;
  /** The id of the queue. */
  readonly queue: string;
  /** The time of the push, by the test client's clock. */
  readonly pushedAt: Date;
  /** The time at which the task is due; `pushedAt` if the push set no delay or time. */
  readonly scheduleTime: Date;
  /** Milliseconds from `pushedAt` to `scheduleTime`. */
  readonly delayMs: number;
  /** The dispatch deadline in milliseconds; `undefined` if the push set none, so the default of Cloud Tasks applies. */
  readonly dispatchDeadlineMs: number | undefined;
  /** The retry settings of the push, its definition and the client, merged, in milliseconds; `undefined` if there are none. */
  readonly retry: RetrySettings | undefined;
  /** The URL of the worker. */
  readonly url: string;
  /** The headers of the task, without the secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** `true` if the name was already taken, so the push created no task. */
  readonly deduplicated: boolean;
  /** Carries the type of the handler's result. Never set at run time. */
  readonly [returns]?: Result;
}

/** A create that did not fail. */
interface Created {
  readonly task: StoredTask;
  readonly deduplicated: boolean;
}

/** All pushes of a test, with the task that each of them created. */
export class RecordedPushes {
  readonly #registry: Registry;
  readonly #tasks = new WeakMap<RecordedPush, StoredTask>();
  readonly #pushes: RecordedPush[] = [];
  /** The latest pushes. Their records are created when a test reads them. */
  readonly #created: Created[] = [];

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  readonly add = (task: StoredTask, deduplicated: boolean): void => {
    this.#created.push({ task, deduplicated });
  };

  /**
   * Returns the pushes of one definition, or of all, the oldest first.
   *
   * @throws TypeError if another client owns the definition
   */
  list(definition: { readonly name: string } | undefined): readonly RecordedPush[] {
    for (const [push, { task, deduplicated }] of this.#newRecords()) {
      this.#pushes.push(push);
      if (!deduplicated) this.#tasks.set(push, task);
    }
    return this.#pushes.filter(this.isOf(definition));
  }

  /** Creates all records before it changes anything, because the serializer can throw. */
  #newRecords(): readonly (readonly [RecordedPush, Created])[] {
    const records = this.#created.map((created) => [createRecordedPush(created, this.#registry), created] as const);
    this.#created.length = 0;
    return records;
  }

  /**
   * Returns a function that checks whether a record belongs to a definition, or to any if it is `undefined`.
   *
   * @throws TypeError if another client owns the definition
   */
  isOf(definition: { readonly name: string } | undefined): (record: { readonly task: string }) => boolean {
    if (definition === undefined) return () => true;
    const record = this.#registry.tasks.get(definition.name);
    if (record !== undefined) return ({ task }) => this.#registry.tasks.get(task) === record;
    throw new TypeError(
      `the client under test defines no task "${definition.name}"; pass a definition that belongs to the same client`,
    );
  }

  /** Returns the task that a push created; `undefined` if it created none. */
  taskOf(push: RecordedPush): StoredTask | undefined {
    return this.#tasks.get(push);
  }
}

function createRecordedPush({ task, deduplicated }: Created, registry: Registry): RecordedPush {
  const { id, name, queue, createdMs, scheduleMs, requested } = task;
  const { dispatchDeadlineMs, url } = requested;
  const secretHeader = registry.callers.secretHeader.toLowerCase();
  const headers = Object.entries(requested.headers).filter(([header]) => header.toLowerCase() !== secretHeader);
  return Object.freeze({
    ...parsePayload(task.body, registry.serializer),
    id,
    name,
    queue,
    pushedAt: new Date(createdMs),
    scheduleTime: new Date(scheduleMs),
    delayMs: scheduleMs - createdMs,
    dispatchDeadlineMs,
    retry: retryOf(requested),
    url,
    headers: Object.fromEntries(headers),
    deduplicated,
  });
}

function retryOf({ headers }: RequestedTask): RetrySettings | undefined {
  const pushed = parseRetryHeader(headers[RETRY_HEADER] ?? null)?.retry;
  if (pushed === undefined) return undefined;
  const { maxAttempts, minBackoffMs, maxBackoffMs, maxDoublings, maxRetryDurationMs } = pushed;
  return {
    maxAttempts,
    minBackoff: minBackoffMs,
    maxBackoff: maxBackoffMs,
    maxDoublings,
    maxRetryDuration: maxRetryDurationMs,
  };
}
