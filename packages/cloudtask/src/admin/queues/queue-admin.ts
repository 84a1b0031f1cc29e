import type { ShardedQueue } from "../../client/queues/shard.ts";
import { checkBoolean, rejectUnknownOptions } from "../../core/check-options.ts";
import type { QueuesInput } from "../../core/queue-settings.ts";
import { lastSegment } from "../../core/resource-name.ts";
import { deleteResource } from "../../transport/delete-resource.ts";
import type { AdminContext, CallOptions, QueueRef } from "../admin-context.ts";
import { createPlan } from "../plan/create-plan.ts";
import type { Plan, PlanOptions } from "../plan/plan.ts";
import { type ListQueuesOptions, listQueues } from "./list-queues.ts";
import { checkOneQueue, type OneQueueSettings } from "./one-queue-settings.ts";
import type { Queue } from "./queue.ts";
import { createQueue, getQueue, switchQueue, updateQueue } from "./queue-calls.ts";
import { namedFields } from "./queue-field.ts";
import { type QueueShards, queueShards } from "./queue-shards.ts";

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

  /** @internal Use `createAdmin()`. The declarations leave it out, because its parameter is not public. */
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
    const stats = checkBoolean(options.stats ?? false, `${subject}: stats`);
    const location = await this.#context.location("Could not list the queues", options);
    yield* listQueues(this.#context, location, { stats, signal: options.signal });
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
    return getQueue(this.#context, name, { signal });
  }

  /**
   * Reads the numbered queues of a name, such as `emails-0` to `emails-15`, and adds up their statistics.
   *
   * @param queue - the name without a number, or the result of `shard()`
   * @param options - `signal`
   * @returns the queues and their sums
   * @throws ApiError with the status `NOT_FOUND` if there are none
   *
   * @example
   * ```ts
   * const { queues, stats } = await admin.queues.shards("emails");
   * for (const queue of queues) await admin.queues.pause(queue);
   * ```
   */
  async shards(queue: string | ShardedQueue, options: CallOptions = {}): Promise<QueueShards> {
    rejectUnknownOptions(options, ["signal"], "admin.queues.shards()");
    return queueShards(this.#context, queue, options);
  }

  /**
   * Creates a queue. A setting that you leave out has the default of Cloud Tasks.
   *
   * @param id - the id of the new queue: 1 to 100 letters, digits and hyphens
   * @param settings - the settings; `taskTtl` is set with the API version v2beta3
   * @param options - `signal`
   * @returns the queue
   * @throws TypeError if a setting is invalid
   * @throws ApiError with the status `ALREADY_EXISTS` if the queue exists, or `FAILED_PRECONDITION` if a queue of that name was deleted
   * in the last days
   *
   * @example
   * ```ts
   * await admin.queues.create("emails", { rate: 50, concurrency: 20, retry: { maxAttempts: 8 } });
   * ```
   */
  async create(id: string, settings: OneQueueSettings = {}, options: CallOptions = {}): Promise<Queue> {
    const checked = checkOneQueue(settings, `admin.queues.create(${JSON.stringify(id)})`);
    const { name, signal } = await this.#open(id, "create", options);
    return createQueue(this.#context, name, checked, { signal });
  }

  /**
   * Changes settings of an existing queue. Only the settings that you pass are changed. Fields of `retry` that you leave out
   * keep their values. `target` and `routing` are replaced as a whole: `{}` removes them.
   *
   * @param queue - its id or full name
   * @param settings - the settings to change; `taskTtl` is set with the API version v2beta3
   * @param options - `signal`
   * @returns the queue with all its settings
   * @throws TypeError if a setting is invalid
   * @throws ApiError with the status `NOT_FOUND` if there is no such queue
   *
   * @example
   * ```ts
   * await admin.queues.update("emails", { rate: "100/m", retry: { maxAttempts: 5 } });
   * ```
   */
  async update(queue: QueueRef, settings: OneQueueSettings, options: CallOptions = {}): Promise<Queue> {
    const { name, signal } = await this.#open(queue, "update", options);
    const { paused, ...checked } = checkOneQueue(settings, `admin.queues.update(${JSON.stringify(lastSegment(name))})`);
    const fields = namedFields(checked);
    // Without this read, Cloud Tasks would create a missing queue.
    let updated = await getQueue(this.#context, name, { signal });
    // Pause first, so the queue does not dispatch with the new settings. Resume last, so it does not dispatch with the old ones.
    if (paused === true) updated = await switchQueue(this.#context, name, "pause", { signal });
    if (fields.length > 0) updated = await updateQueue(this.#context, name, fields, { signal });
    if (paused === false) updated = await switchQueue(this.#context, name, "resume", { signal });
    return updated;
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

  /**
   * Compares described queues with the queues of the location, and changes nothing. `apply()` of the returned plan makes the changes.
   *
   * Settings that the description does not name are not compared. Queues that it does not name are left alone, unless `prune` is set.
   *
   * @param queues - the described queues by id; `null` is a queue with the default settings. Default: the option `queues` of the client
   * @param options - `prune`, `signal`
   * @returns the plan
   * @throws TypeError if a setting is invalid
   *
   * @example
   * ```ts
   * const plan = await admin.queues.plan({ emails: { rate: 50, deadLetter: "emails-dead" }, "emails-dead": { paused: true } });
   * console.log(String(plan));
   * await plan.apply();
   * ```
   */
  async plan(queues?: QueuesInput, options: PlanOptions = {}): Promise<Plan> {
    return createPlan(this.#context, queues, options);
  }

  async #change(queue: QueueRef, method: "pause" | "resume" | "purge", options: CallOptions): Promise<Queue> {
    const { name, signal } = await this.#open(queue, method, options);
    return switchQueue(this.#context, name, method, { signal });
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
