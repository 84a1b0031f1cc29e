import { rejectUnknownOptions } from "../../core/check-options.ts";
import { deleteResource } from "../../transport/delete-resource.ts";
import type { AdminContext, CallOptions } from "../admin-context.ts";
import { resourceOf } from "../answer.ts";
import { withQuery } from "../list-pages.ts";
import { type DeleteManyOptions, type DeleteManyResult, deleteMany } from "./delete-many.ts";
import { type ListTasksOptions, listTasks } from "./list-tasks.ts";
import type { QueuedTask } from "./queued-task.ts";
import { readQueuedTask } from "./read-queued-task.ts";
import { type TaskRef, taskName } from "./task-ref.ts";
import { type ViewOptions, viewQuery } from "./task-view.ts";

/**
 * Lists, reads, runs and deletes the tasks of a queue. Created by `createAdmin()`.
 *
 * @example
 * ```ts
 * const { tasks } = createAdmin(client);
 * await tasks.run({ queue: "payments", id: "1234567890" });
 * ```
 */
export class TaskAdmin {
  readonly #context: AdminContext;

  /** @internal Use `createAdmin()`. The declarations leave it out, because its parameter is not public. */
  constructor(context: AdminContext) {
    this.#context = context;
  }

  /**
   * Lists the tasks of a queue. More pages are requested while you read. Cloud Tasks does not document an order.
   *
   * @typeParam Payload - the type of the payloads; Cloud Tasks does not check it
   * @param options - `queue`, `view`, `definition`, `filter`, `limit`, `signal`
   * @returns an async iterable of tasks
   * @throws ApiError with the status `NOT_FOUND` if there is no such queue, while you read
   *
   * @example
   * ```ts
   * for await (const task of admin.tasks.list({ queue: "payments", definition: chargeCard, view: "full" })) {
   *   console.log(task.id, task.scheduleTime, task.payload);
   * }
   * ```
   */
  list<Payload = unknown>(options: ListTasksOptions<Payload>): AsyncGenerator<QueuedTask<Payload>, void, undefined> {
    return listTasks(this.#context, options as ListTasksOptions) as AsyncGenerator<
      QueuedTask<Payload>,
      void,
      undefined
    >;
  }

  /**
   * Reads a task.
   *
   * @param task - its full name, a push result, or `{ queue, id }`
   * @param options - `view`, `signal`
   * @returns the task
   * @throws ApiError with the status `NOT_FOUND` if the task has finished, was deleted or never existed
   *
   * @example
   * ```ts
   * const { payload, lastAttempt } = await admin.tasks.get({ queue: "payments", id }, { view: "full" });
   * ```
   */
  async get<Payload = unknown>(task: TaskRef, options: ViewOptions = {}): Promise<QueuedTask<Payload>> {
    rejectUnknownOptions(options, ["view", "signal"], "admin.tasks.get()");
    const { signal } = options;
    const name = await taskName(this.#context, task, "Could not get the task", options);
    const action = `get ${name}`;
    const path = withQuery(name, viewQuery(options.view, "admin.tasks.get()"));
    const { body } = await this.#context.transport.call({ method: "GET", path, signal, action });
    return readQueuedTask(resourceOf(body, action), this.#context.registry) as QueuedTask<Payload>;
  }

  /**
   * Runs a task now, even if it is scheduled for later or its queue is paused. The limits of the queue do not apply. The call
   * returns before the delivery has an answer; if the delivery fails, it is retried after the usual backoff.
   *
   * The call is not retried, because a retry could deliver the task twice. Cloud Tasks accepts 60 of these calls per minute.
   *
   * @param task - its full name, a push result, or `{ queue, id }`
   * @param options - `view`, `signal`
   * @returns the task as it is dispatched
   * @throws ApiError with the status `NOT_FOUND` if the task has finished, was deleted or never existed
   *
   * @example
   * ```ts
   * await admin.tasks.run(reminder);
   * ```
   */
  async run<Payload = unknown>(task: TaskRef, options: ViewOptions = {}): Promise<QueuedTask<Payload>> {
    rejectUnknownOptions(options, ["view", "signal"], "admin.tasks.run()");
    const { signal } = options;
    const name = await taskName(this.#context, task, "Could not run the task", options);
    const action = `run ${name}`;
    const request = JSON.stringify(viewQuery(options.view, "admin.tasks.run()"));
    const call = { method: "POST", path: `${name}:run`, body: request, signal, action, once: true } as const;
    const { body } = await this.#context.transport.call(call);
    return readQueuedTask(resourceOf(body, action), this.#context.registry) as QueuedTask<Payload>;
  }

  /**
   * Deletes a task. A delivery in progress continues, but is not retried.
   *
   * @param task - its full name, a push result, or `{ queue, id }`
   * @param options - `signal`
   * @returns `true` if the task existed, `false` if it has finished, was deleted or never existed
   *
   * @example
   * ```ts
   * await admin.tasks.delete({ queue: "payments", id: "1234567890" });
   * ```
   */
  async delete(task: TaskRef, options: CallOptions = {}): Promise<boolean> {
    rejectUnknownOptions(options, ["signal"], "admin.tasks.delete()");
    const name = await taskName(this.#context, task, "Could not delete the task", options);
    return deleteResource(this.#context.transport, name, { signal: options.signal });
  }

  /**
   * Deletes many tasks, up to 1,000 with each API call. If the API offers no batches, they are deleted one by one.
   *
   * @param tasks - an iterable or async iterable of tasks, such as `admin.tasks.list()`; it is read only as fast as tasks are deleted
   * @param options - `onProgress`, `signal`
   * @returns the number of deleted tasks, and of tasks that no longer existed
   * @throws DeleteManyError if tasks could not be deleted
   *
   * @example
   * ```ts
   * const late = admin.tasks.list({ queue: "emails", definition: sendDigest, filter: ({ dispatchCount }) => dispatchCount > 10 });
   * const { deleted } = await admin.tasks.deleteMany(late);
   * ```
   */
  async deleteMany(
    tasks: Iterable<TaskRef> | AsyncIterable<TaskRef>,
    options: DeleteManyOptions = {},
  ): Promise<DeleteManyResult> {
    return deleteMany(this.#context, tasks, options);
  }
}
