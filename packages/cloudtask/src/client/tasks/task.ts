import { checkOptions, rejectUnknownOptions } from "../../core/check-options.ts";
import { DIVERT } from "../push/divert.ts";
import type { PushOptions, PushResult } from "../push/push-options.ts";

/** What a task asks of its client. */
export interface TaskRunner {
  push(task: Task, options: PushOptions): Promise<PushResult>;
  execute(task: Task, options: PushOptions): Promise<unknown>;
}

/**
 * A task definition bound to one payload, ready to be pushed. Made by calling a definition.
 *
 * @typeParam Result - what the handler returns
 *
 * @example
 * ```ts
 * const task = sendWelcomeEmail({ userId: "123", email: "user@example.com" });
 * task.name = "welcome-email-user-123";
 * await task.push({ delay: "10m" });
 * ```
 */
export class Task<out Result = unknown> {
  /** The name under which it will be pushed, as `push({ name })` would say it. */
  name: string | undefined = undefined;
  /** The name of its definition. */
  readonly definition: string;
  /** What it was bound to. */
  readonly payload: unknown;
  readonly #runner: TaskRunner;

  /** Not to be called: a definition makes its tasks. */
  constructor(definition: string, payload: unknown, runner: TaskRunner) {
    this.definition = definition;
    this.payload = payload;
    this.#runner = runner;
  }

  /**
   * Creates the task in Cloud Tasks. Transient failures are retried; unless it is named or `idempotent`, that can create
   * it twice (at least once).
   *
   * @param options - when, under which name, to which queue
   * @returns its resource name and id, and whether the name was taken. Inside `client.deferPushes()` or a delivery with `deferPushes`
   * it resolves at once, with `deferred: true`
   * @throws PayloadInvalidError, PayloadNotSerializableError or LimitError before anything is sent; ApiError, NetworkError,
   * TimeoutError or CredentialsError if the task could not be created; TypeError for invalid options. In eager modes, the error
   * that made the delivery fail.
   *
   * @example
   * ```ts
   * const { name, deduplicated } = await task.push({ name: "welcome-email-user-123", delay: "10m" });
   * ```
   */
  async push(options: PushOptions = {}): Promise<PushResult> {
    return this.#runner.push(this, this.#named(options, "pushing"));
  }

  /**
   * Runs the handler in this process, now, as the worker would: the payload makes its round trip through JSON and the
   * schema, dependencies are created and torn down, hooks are called.
   *
   * @param options - `signal` ends it early
   * @returns what the handler returned
   * @throws what the handler, a dependency or the schema threw; TypeError for any other option; CloudTaskError with the code `CLIENT_CLOSED` after the
   * client's `close()`
   *
   * @example
   * ```ts
   * expect(await sendWelcomeEmail({ userId: "123", email: "user@example.com" }).execute()).toBe("sent");
   * ```
   */
  async execute(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Result> {
    // Nothing is sent, so that nothing is decided by a queue or a delay.
    if (!(DIVERT in Object(options))) rejectUnknownOptions(options, ["signal"], `executing "${this.definition}"`);
    return this.#runner.execute(this, this.#named(options, "executing")) as Promise<Result>;
  }

  #named(options: PushOptions, doing: string): PushOptions {
    checkOptions(options, `${doing} "${this.definition}"`);
    return this.name === undefined ? options : { ...options, name: options.name ?? this.name };
  }
}
