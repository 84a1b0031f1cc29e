import { checkBoolean, rejectUnknownOptions } from "../../core/check-options.ts";
import { deleteResource } from "../../transport/delete-resource.ts";
import type { AdminContext, CallOptions, QueueRef } from "../admin-context.ts";
import { resourceOf } from "../answer.ts";
import { listOf } from "../json-fields.ts";
import { listPages, withQuery } from "../list-pages.ts";
import { withBeta } from "./beta-call.ts";
import type { Queue } from "./queue.ts";
import { readQueue } from "./read-queue.ts";

/** Options of `admin.queues.list()`. */
export interface ListQueuesOptions extends CallOptions {
  /** Also returns the statistics of each queue. Default `false`. */
  readonly stats?: boolean | undefined;
}

/**
 * Lists, reads and changes the queues of a location. Created by `createAdmin()`.
 *
 * @example
 * ```ts
 * const { queues } = createAdmin(client);
 * await queues.pause("payments");
 * ```
 */
export class QueueAdmin {
  readonly #context: AdminContext;

  /** Use `createAdmin()` instead. */
  constructor(context: AdminContext) {
    this.#context = context;
  }

  /**
   * Lists the queues of the location, in order of their names. More pages are requested while you read.
   *
   * @param options - `stats`, `signal`
   * @returns an async iterable of queues
   * @throws ApiError, NetworkError, TimeoutError, CredentialsError while you read
   *
   * @example
   * ```ts
   * for await (const { id, state, stats } of admin.queues.list({ stats: true })) console.log(id, state, stats?.tasksCount);
   * ```
   */
  async *list(options: ListQueuesOptions = {}): AsyncGenerator<Queue, void, undefined> {
    const subject = "admin.queues.list()";
    rejectUnknownOptions(options, ["stats", "signal"], subject);
    const readMask = checkBoolean(options.stats ?? false, `${subject}: stats`) ? "*,stats" : undefined;
    const { signal } = options;
    const location = await this.#context.location("Could not list the queues", options);
    const call = { path: `${location}/queues`, action: `list the queues of ${location}`, signal };
    const open = async (version: "v2beta3" | undefined) => {
      const pages = listPages(this.#context, { ...call, version, query: { readMask: version && readMask } });
      return { first: await pages.next(), pages };
    };
    const { first, pages } = await withBeta(open);
    for (let page = first; !page.done; page = await pages.next()) {
      for (const queue of listOf(page.value.queues)) yield readQueue(resourceOf(queue, call.action));
    }
  }

  /**
   * Reads a queue with its statistics.
   *
   * @param queue - its id or full name
   * @param options - `signal`
   * @returns the queue
   * @throws ApiError with the status `NOT_FOUND` if there is no such queue
   *
   * @example
   * ```ts
   * const { state, stats } = await admin.queues.get("payments");
   * ```
   */
  async get(queue: QueueRef, options: CallOptions = {}): Promise<Queue> {
    const { name, signal } = await this.#open(queue, "get", options);
    const action = `get ${name}`;
    const { body } = await withBeta((version) => {
      const path = withQuery(name, { readMask: version && "*,stats" });
      return this.#context.transport.call({ method: "GET", path, version, signal, action });
    });
    return readQueue(resourceOf(body, action));
  }

  /**
   * Deletes a queue with all its tasks. Cloud Tasks then rejects a queue of that name for up to 7 days.
   *
   * @param queue - its id or full name
   * @param options - `signal`
   * @returns `true` if the queue existed
   *
   * @example
   * ```ts
   * await admin.queues.delete("old-emails");
   * ```
   */
  async delete(queue: QueueRef, options: CallOptions = {}): Promise<boolean> {
    const { name, signal } = await this.#open(queue, "delete", options);
    return deleteResource(this.#context.transport, name, { signal });
  }

  /**
   * Pauses a queue: it accepts tasks and delivers none. Deliveries in progress continue. Does nothing to a paused queue.
   *
   * @param queue - its id or full name
   * @param options - `signal`
   * @returns the queue
   * @throws ApiError with the status `NOT_FOUND` if there is no such queue
   *
   * @example
   * ```ts
   * await admin.queues.pause("payments");
   * ```
   */
  async pause(queue: QueueRef, options: CallOptions = {}): Promise<Queue> {
    return this.#change(queue, "pause", options);
  }

  /**
   * Resumes a paused queue. Does nothing to a running queue.
   *
   * @param queue - its id or full name
   * @param options - `signal`
   * @returns the queue
   * @throws ApiError with the status `NOT_FOUND` if there is no such queue
   *
   * @example
   * ```ts
   * await admin.queues.resume("payments");
   * ```
   */
  async resume(queue: QueueRef, options: CallOptions = {}): Promise<Queue> {
    return this.#change(queue, "resume", options);
  }

  /**
   * Deletes all tasks that were created before the call. The queue keeps its state. Cloud Tasks may take a minute to delete them.
   *
   * The call is not retried, because a retry would also delete the tasks that were created after the first attempt.
   *
   * @param queue - its id or full name
   * @param options - `signal`
   * @returns the queue
   * @throws ApiError with the status `NOT_FOUND` if there is no such queue
   *
   * @example
   * ```ts
   * await admin.queues.purge("payments");
   * ```
   */
  async purge(queue: QueueRef, options: CallOptions = {}): Promise<Queue> {
    return this.#change(queue, "purge", options);
  }

  async #change(queue: QueueRef, method: "pause" | "resume" | "purge", options: CallOptions): Promise<Queue> {
    const { name, signal } = await this.#open(queue, method, options);
    const action = `${method} ${name}`;
    const call = { method: "POST", path: `${name}:${method}`, body: "{}", signal, action } as const;
    const { body } = await this.#context.transport.call(method === "purge" ? { ...call, once: true } : call);
    return readQueue(resourceOf(body, action));
  }

  /** Checks the arguments of a call for one queue. */
  async #open(
    queue: QueueRef,
    method: string,
    options: CallOptions,
  ): Promise<{ readonly name: string; readonly signal: AbortSignal | undefined }> {
    rejectUnknownOptions(options, ["signal"], `admin.queues.${method}()`);
    const name = await this.#context.queueName(queue, `Could not ${method} the queue`, options);
    return { name, signal: options.signal };
  }
}
