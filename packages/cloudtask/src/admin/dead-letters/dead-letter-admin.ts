import { rejectUnknownOptions } from "../../core/check-options.ts";
import type { AdminContext, CallOptions, QueueRef } from "../admin-context.ts";
import { deleteMany } from "../tasks/delete-many.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { type DeadLetterMatch, letterMatcher } from "./dead-letter-match.ts";
import { findLetters } from "./find-letters.ts";
import { Redrive } from "./redrive.ts";
import { checkRedriveOptions, type RedriveOptions, type RedriveResult } from "./redrive-options.ts";

/**
 * Options of `admin.deadLetters.list()`.
 *
 * @example
 * ```ts
 * const options: ListDeadLettersOptions = { match: { reason: "max-attempts" } };
 * ```
 */
export interface ListDeadLettersOptions extends CallOptions {
  /** The letters to list. Default: all. */
  readonly match?: DeadLetterMatch | undefined;
}

/**
 * Options of `admin.deadLetters.delete()`.
 *
 * @example
 * ```ts
 * await admin.deadLetters.delete("payments-dead", { match: { task: "old-task" } });
 * ```
 */
export interface DeleteDeadLettersOptions extends CallOptions {
  /** The letters to delete. `{}` deletes all. */
  readonly match: DeadLetterMatch;
}

/**
 * Lists, redrives and deletes the dead letters of a queue: discarded tasks, which the worker keeps there if the option
 * `deadLetter` is set. Created by `createAdmin()`.
 *
 * @example
 * ```ts
 * const { deadLetters } = createAdmin(client);
 * await deadLetters.redrive("payments-dead", { match: { task: "charge-card" } });
 * ```
 */
export class DeadLetterAdmin {
  readonly #context: AdminContext;

  /** @internal Use `createAdmin()`. The declarations leave it out, because its parameter is not public. */
  constructor(context: AdminContext) {
    this.#context = context;
  }

  /**
   * Lists dead letters, in no defined order. More pages are requested while you read. Requires the permissions
   * `cloudtasks.tasks.list` and `cloudtasks.tasks.fullView`.
   *
   * @typeParam Payload - the type of the payloads; Cloud Tasks does not check it
   * @param queue - the id of the dead-letter queue, or its full name
   * @param options - `match`, `signal`
   * @returns the letters; other tasks in the queue are left out
   * @throws ApiError with the status `NOT_FOUND` if the queue does not exist
   *
   * @example
   * ```ts
   * for await (const { task, reason, message, payload } of admin.deadLetters.list("payments-dead")) {
   *   console.log(task, reason, message, payload);
   * }
   * ```
   */
  list<Payload = unknown>(queue: QueueRef, options: ListDeadLettersOptions = {}): AsyncIterable<DeadLetter<Payload>> {
    const subject = "admin.deadLetters.list()";
    rejectUnknownOptions(options, ["match", "signal"], subject);
    letterMatcher(options.match ?? {}, subject);
    const letters = this.#letters(queue, options, subject);
    return letters as AsyncIterable<DeadLetter<Payload>>;
  }

  /**
   * Creates dead letters again in their home queues, and deletes them from the dead-letter queue. Each is created before it is deleted, so
   * none is lost. The name of the new task is derived from that of the letter: a redrive that is repeated, or that runs twice at the same
   * time, creates each task once. A client's current secret replaces the one in the letter.
   *
   * A letter that cannot be redriven stays in the queue, and the others are tried. A task that is discarded again during the redrive is
   * not redriven twice: its new letter stays.
   *
   * @typeParam Payload - the type of the payload that `edit` receives
   * @param queue - the id of the dead-letter queue, or its full name
   * @param options - `match`, `limit`, `rate`, `edit`, `to`, `onProgress`, `signal`
   * @returns the number of redriven letters, and the failed letters with their errors
   * @throws ApiError if the queue cannot be read; CloudTaskError with the code `ABORTED` if `signal` aborted the redrive
   *
   * @example
   * ```ts
   * const { redriven, failed } = await admin.deadLetters.redrive("payments-dead", {
   *   match: { task: "charge-card", message: "card declined" },
   *   rate: 10,
   *   edit: (payload: { orderId: number }) => ({ ...payload, retryWith: "backup-card" }),
   * });
   * ```
   */
  async redrive<Payload = unknown>(queue: QueueRef, options: RedriveOptions<Payload> = {}): Promise<RedriveResult> {
    const subject = "admin.deadLetters.redrive()";
    checkRedriveOptions(options as RedriveOptions<never>, subject);
    const { to } = options;
    const from = await this.#context.queueName(queue, "Could not redrive the dead letters", options);
    const queues = { from, to: to && (await this.#context.queueName(to, `${subject}: to`, options)) };
    return new Redrive(this.#context, queues, options as RedriveOptions<never>, subject).run();
  }

  /**
   * Deletes dead letters permanently.
   *
   * @param queue - the id of the dead-letter queue, or its full name
   * @param options - `match`, which is required; `signal`
   * @returns the number of deleted letters
   * @throws DeleteManyError if some could not be deleted
   *
   * @example
   * ```ts
   * await admin.deadLetters.delete("payments-dead", { match: { names: [letter.name] } });
   * ```
   */
  async delete(queue: QueueRef, options: DeleteDeadLettersOptions): Promise<number> {
    const subject = "admin.deadLetters.delete()";
    rejectUnknownOptions(options, ["match", "signal"], subject);
    if (options.match === undefined)
      throw new TypeError(`${subject}: set \`match\`; { match: {} } deletes all letters`);
    const { deleted } = await deleteMany(this.#context, this.#letters(queue, options, subject), {
      signal: options.signal,
    });
    return deleted;
  }

  async *#letters(queue: QueueRef, options: ListDeadLettersOptions, subject: string): AsyncGenerator<DeadLetter> {
    const queueName = await this.#context.queueName(queue, "Could not list the dead letters", options);
    for await (const { letter } of findLetters(this.#context, queueName, { ...options, subject })) yield letter;
  }
}
