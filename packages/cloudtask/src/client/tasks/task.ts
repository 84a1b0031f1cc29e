import { checkOptions, rejectUnknownOptions } from "../../core/check-options.ts";
import type { PreparedPush, PushDefaults, PushRequest } from "../push/prepare.ts";
import type { PushBatches } from "../push/push-batches.ts";
import type { PushOptions, PushResult } from "../push/push-options.ts";
import type { PushTrace } from "../push/push-trace.ts";
import type { Pusher } from "../push/pusher.ts";

/**
 * A task definition bound to one payload, ready to be pushed. Call a definition to create one.
 *
 * @typeParam Result - the type that the handler returns, awaited
 * @typeParam QueueName - the ids of the client's `queues`
 *
 * @example
 * ```ts
 * const task = sendWelcomeEmail({ userId: "123", email: "user@example.com" });
 * task.name = "welcome-email-user-123";
 * await task.push({ delay: "10m" });
 * ```
 */
export interface Task<out Result = unknown, QueueName extends string = string> {
  /** The name of the task, used unless `push({ name })` sets another. See `PushOptions.name`. */
  name: string | undefined;
  /** The name of the task's definition. */
  readonly definition: string;
  /** The payload that the definition was called with. */
  readonly payload: unknown;

  /**
   * Creates the task in Cloud Tasks. Transient failures are retried. Unless the task is named or `idempotent`, a retry can create
   * it twice: pushes are at least once.
   *
   * @param options - the time, name, queue and headers of this task
   * @returns the resource name and id of the task, and whether the name was taken. Inside `client.deferPushes()`, and in a
   * delivery with `deferPushes`, the push resolves immediately with `deferred: true`
   * @throws PayloadInvalidError, PayloadNotSerializableError or LimitError before anything is sent; ApiError, NetworkError,
   * TimeoutError or CredentialsError if the task could not be created; TypeError for an invalid option. In eager modes, the error
   * that made the delivery fail
   *
   * @example
   * ```ts
   * const { name, deduplicated } = await task.push({ name: "welcome-email-user-123", delay: "10m" });
   * ```
   */
  push(options?: PushOptions<QueueName>): Promise<PushResult>;

  /**
   * Runs the handler now, in this process, as the worker would: the payload passes through JSON and the schema, dependencies are
   * created and torn down, hooks are called. Nothing is sent.
   *
   * @param options - `signal` aborts the run
   * @returns the handler's result
   * @throws the error of the handler, a dependency or the schema; TypeError for an unknown option; CloudTaskError with the code
   * `CLIENT_CLOSED` after the client's `close()`
   *
   * @example
   * ```ts
   * expect(await sendWelcomeEmail({ userId: "123", email: "user@example.com" }).execute()).toBe("sent");
   * ```
   */
  execute(options?: { readonly signal?: AbortSignal | undefined }): Promise<Result>;
}

/**
 * The brand of tasks. Two copies of this package in one process share the key, so each copy recognizes the tasks of the other.
 */
const TASK: unique symbol = Symbol.for("cloudtask.task");

/** Internal operations of a task. Another copy of the package may call them, so do not change or remove one. */
export interface TaskInternals {
  /** Pushes as `task.push()` does, and records in `trace` whether a failed push may have created the task. */
  push(options: PushOptions, trace: PushTrace): Promise<PushResult>;
  /**
   * Pushes as `push()` does, together with other tasks. `options` is one object for all of them, checked for unknown options. An
   * older copy of the package does not have this.
   */
  pushIn?(batches: PushBatches, options: PushOptions, trace: PushTrace): Promise<PushResult>;
  /** Checks and builds the push without sending it. `subject` starts the messages of errors. */
  prepare(options: PushOptions, subject: string): Promise<PreparedPush>;
}

/** A task of this copy of the package. */
class BoundTask<out Result> implements Task<Result> {
  name: string | undefined = undefined;
  readonly definition: string;
  readonly payload: unknown;
  readonly #defaults: PushDefaults;
  readonly #pusher: Pusher;
  /** Ends the watch for a forgotten task, in development. */
  readonly #markUsed: (() => void) | undefined;

  constructor(definition: PushDefaults, payload: unknown, pusher: Pusher) {
    this.definition = definition.record.name;
    this.payload = payload;
    this.#defaults = definition;
    this.#pusher = pusher;
    this.#markUsed = pusher.unpushedWarning.watch(this.definition);
  }

  push(options: PushOptions = {}): Promise<PushResult> {
    return this.#push(options, { mayExist: false });
  }

  async execute(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Result> {
    const subject = `executing "${this.definition}"`;
    rejectUnknownOptions(options, ["signal"], subject);
    return this.#pusher.execute(this.#request(options, subject)) as Promise<Result>;
  }

  get [TASK](): TaskInternals {
    return {
      push: (options, trace) => this.#push(options, trace),
      pushIn: (batches, options, trace) => {
        return this.#pusher.push(this.#request(options, this.#subject, trace, batches));
      },
      prepare: async (options, subject) => this.#pusher.prepare({ ...this.#request(options, subject), local: true }),
    };
  }

  /** Not async: that would add three promises to each push, and promises are slow while an `AsyncLocalStorage` is in use. */
  #push(options: PushOptions, trace: PushTrace): Promise<PushResult> {
    try {
      return this.#pusher.push(this.#request(options, this.#subject, trace));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  get #subject(): string {
    return `pushing "${this.definition}"`;
  }

  #request(
    options: PushOptions,
    subject: string,
    trace: PushTrace = { mayExist: false },
    batches?: PushBatches,
  ): PushRequest {
    this.#markUsed?.();
    checkOptions(options, subject);
    const named = this.name === undefined ? options : { ...options, name: options.name ?? this.name };
    const sharedOptions = batches && options;
    return { task: this, definition: this.#defaults, options: named, subject, trace, batches, sharedOptions };
  }
}

/** Binds a definition to a payload. */
export function bindTask<Result>(definition: PushDefaults, payload: unknown, pusher: Pusher): Task<Result> {
  return new BoundTask(definition, payload, pusher);
}

/** Checks whether a value is a task, created by this or another copy of the package. */
export function isTask(value: unknown): value is Task {
  return typeof value === "object" && value !== null && TASK in value;
}

export function internalsOf(task: Task): TaskInternals {
  return (task as Task & { readonly [TASK]: TaskInternals })[TASK];
}
