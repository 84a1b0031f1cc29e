import { nearestName } from "../core/check-options.ts";
import type { Dependencies, Dependency } from "../dependencies/dependency.ts";
import type { DiscardedTask } from "../execution/keep-discarded.ts";
import type { Middleware } from "../execution/middleware.ts";
import { attachRegistry, Registry, type TaskRecord } from "../execution/registry.ts";
import type { Serializer } from "../payload/serializer.ts";
import type { SchemaInput, SchemaOutput, StandardSchema } from "../payload/standard-schema.ts";
import { callerRulesOf } from "./caller-rules.ts";
import { attachDefinitions } from "./client-definitions.ts";
import type { ClientOptions } from "./client-options.ts";
import { Connection } from "./connection.ts";
import type { PushDefaults } from "./push/prepare.ts";
import type { PushResult } from "./push/push-options.ts";
import { Pusher } from "./push/pusher.ts";
import type { PushManyOptions } from "./push-many/push-many.ts";
import { PushManyError } from "./push-many/push-many-error.ts";
import type { PushedTask } from "./push-many/push-many-result.ts";
import { type ResolvedOptions, resolveOptions } from "./resolve-options.ts";
import type { DefinitionName, SentPayload, UntypedPayload } from "./tasks/payload-check.ts";
import { type DefinitionOrigin, readDeclaration, readDefinition, readHandler } from "./tasks/read-definition.ts";
import { bindTask, type Task } from "./tasks/task.ts";
import type { DeclaredTask, TaskDefinition } from "./tasks/task-definition.ts";
import type { DeclareOptions, HandlerOptions, HookPayload, TaskHandler, TaskOptions } from "./tasks/task-options.ts";

/**
 * The configuration for one project, location and worker URL, and the registry of its task definitions. Create one client per
 * process: it keeps its connections.
 *
 * @typeParam Format - the type of the `serializer`; without one, handlers without a schema accept only types that JSON can represent
 * @typeParam QueueName - the ids of `queues`; without them, any text
 *
 * @example
 * ```ts
 * export const client = new CloudTaskClient({
 *   project: "my-gcp-project",
 *   location: "europe-west1",
 *   url: "https://api.myapp.com/tasks/run",
 *   secret: process.env.TASKS_SECRET,
 * });
 * ```
 */
export class CloudTaskClient<Format extends Serializer | undefined = undefined, QueueName extends string = string> {
  readonly #options: ResolvedOptions;
  readonly #registry: Registry;
  readonly #connection: Connection;
  readonly #pusher: Pusher;
  readonly #records = new WeakMap<object, TaskRecord>();
  readonly #definitions = new WeakMap<TaskRecord, TaskDefinition<unknown, unknown>>();
  readonly #defaults = new WeakMap<TaskRecord, PushDefaults>();
  #closed: Promise<void> | undefined;

  /**
   * @param options - the configuration; later changes to the object have no effect
   * @throws TypeError for an invalid option, with the expected and the received value; LimitError for a value out of range
   */
  constructor(options: ClientOptions<Format, QueueName>) {
    this.#options = resolveOptions(options);
    const { serializer, onSuccess, onError, onDiscard, logger } = this.#options;
    const callers = callerRulesOf(this.#options);
    this.#registry = new Registry({ serializer, hooks: { onSuccess, onError, onDiscard }, logger, callers });
    this.#connection = new Connection(this.#options);
    this.#pusher = new Pusher(this.#options, this.#registry, this.#connection);
    this.#registry.keepDiscarded = (discarded) => this.#keepDiscarded(discarded);
    attachDefinitions(this.#registry, { options: this.#options, byRecord: this.#defaults });
    attachRegistry(this, this.#registry);
  }

  /**
   * Defines a task: a name and a handler. Call the returned definition with a payload to get a task, then `push()` it.
   *
   * The payload's type comes from the schema in `input`: `push()` accepts its input, the handler receives its output. Without
   * `input` it is the type of the handler's first parameter. The handler's second parameter holds the values of `deps` and the
   * `delivery`.
   *
   * @param name - the name of the task in Cloud Tasks; the worker finds the handler by it, so keep it when you deploy
   * @param definition - the handler, or options with `run`
   * @returns the definition
   * @throws TypeError if the name is taken (the message shows both places) or an option is invalid. With NODE_ENV=development
   * the later definition replaces the earlier one, because development servers evaluate an edited module again
   *
   * @example
   * ```ts
   * const sendWelcomeEmail = client.task("send-welcome-email", async (user: { email: string }) => mail.send(user.email));
   * const processOrder = client.task("process-order", {
   *   input: z.object({ orderId: z.number() }),
   *   deps: { orders: getOrders },
   *   run: async ({ orderId }, { orders, delivery }) => orders.process(orderId, { signal: delivery.signal }),
   * });
   * await processOrder({ orderId: 500 }).push();
   * ```
   */
  task<
    Payload = UntypedPayload,
    Returned = unknown,
    const Deps extends Dependencies = Record<never, never>,
    Schema extends StandardSchema = never,
    Hooked = HookPayload<Schema, Payload>,
    Result = Awaited<Returned>,
  >(
    name: NoInfer<DefinitionName<Payload, Schema, Format>>,
    definition:
      | TaskHandler<Payload, Returned>
      | TaskOptions<Schema, Payload, Deps, Returned, Hooked, Result, QueueName>,
  ): TaskDefinition<
    [Schema] extends [never] ? SentPayload<Payload> : SchemaInput<Schema>,
    Awaited<Returned>,
    QueueName
  > {
    return this.#define(readDefinition(this.#origin(name as string), definition));
  }

  /**
   * Declares a task whose handler is defined elsewhere: in another service, or in this process by `client.handle()`. Push it like
   * any other task. A worker without a handler for it answers as for an unknown task, so Cloud Tasks retries.
   *
   * @param name - the name of the task in Cloud Tasks
   * @param options - `input`, and the options of `client.task()` except the handler, its dependencies and its hooks
   * @returns the definition
   * @throws TypeError if the name is taken (the message shows both places) or an option is invalid
   *
   * @example
   * ```ts
   * // contract.ts, imported by both services
   * export const chargeCard = client.declare("charge-card", { input: z.object({ orderId: z.number() }) });
   * // the service that pushes
   * await chargeCard({ orderId: 1 }).push();
   * // the service with the worker
   * client.handle(chargeCard, async ({ orderId }, { delivery }) => cards.charge(orderId, delivery.signal));
   * ```
   */
  declare<Payload = void, Schema extends StandardSchema = never>(
    name: NoInfer<DefinitionName<Payload, Schema, Format>>,
    options: DeclareOptions<Schema, Payload, QueueName> = {},
  ): DeclaredTask<
    [Schema] extends [never] ? Payload : SchemaInput<Schema>,
    [Schema] extends [never] ? Payload : SchemaOutput<Schema>,
    QueueName
  > {
    return this.#define(readDeclaration(this.#origin(name as string), options)) as never;
  }

  /**
   * Adds the handler of a declared task in this process.
   *
   * @param definition - a definition created by `declare()` of this client
   * @param handler - the handler, or options with `run`, `deps` and hooks
   * @returns a function that removes the handler; `using` calls it at the end of the block
   * @throws TypeError if the definition belongs to another client or has a handler
   *
   * @example
   * ```ts
   * client.handle(chargeCard, {
   *   deps: { cards: getCards },
   *   run: async ({ orderId }, { cards }) => cards.charge(orderId),
   * });
   * ```
   */
  handle<Payload, Handled, Returned, const Deps extends Dependencies = Record<never, never>>(
    definition: DeclaredTask<Payload, Handled>,
    handler: TaskHandler<Handled, Returned> | HandlerOptions<Handled, Deps, Returned, Payload>,
  ): (() => void) & Disposable {
    const record = this.#records.get(definition);
    if (record === undefined) {
      throw new TypeError("client.handle(): expected a definition created by declare() of the same client");
    }
    const remove = this.#registry.handle(record, readHandler(record.name, handler));
    return Object.assign(remove, { [Symbol.dispose]: remove });
  }

  /**
   * Returns a definition by name, for code that gets the name as a string, such as an admin page or a script.
   *
   * @typeParam Payload - the payload that the definition accepts; not checked by TypeScript, but by the definition's schema
   * @typeParam Result - the type that its handler returns
   * @param name - the name of the definition, or one of its `aliases`
   * @returns the definition created by `task()` or `declare()`
   * @throws TypeError if this client has no such definition, with a similar name if there is one
   *
   * @example
   * ```ts
   * const task = client.get("process-order");
   * await task({ orderId: 500 }).push();
   * ```
   */
  get<Payload = unknown, Result = unknown>(name: string): TaskDefinition<Payload, Result, QueueName> {
    const record = this.#registry.tasks.get(name);
    const definition = record && this.#definitions.get(record);
    if (definition !== undefined) return definition as TaskDefinition<Payload, Result, QueueName>;
    throw noSuchTask(name, [...this.#registry.tasks.keys()]);
  }

  /**
   * Pushes many tasks, up to 100 with one API call, and several calls at the same time. All tasks are tried. If some fail, the
   * promise rejects after the others are done. Each API call has an id, so a call that is repeated after its answer was lost
   * creates no task twice.
   *
   * @param tasks - a list, or any iterable or async iterable, which is read only as fast as its tasks are pushed
   * @param options - `batch`, `concurrency`, `onProgress`, `push` options for all tasks, `signal`
   * @returns a result for each task, in order
   * @throws PushManyError with a result for each task; a failed result has its error and states whether the task may exist. If
   * you push such a task again, it can run twice unless it is named
   *
   * @example
   * ```ts
   * await client.pushMany(orders.map((order) => processOrder({ orderId: order.id })), {
   *   onProgress: ({ done, total }) => console.log(`${done} of ${total}`),
   * });
   * ```
   */
  async pushMany(
    tasks: Iterable<Task> | AsyncIterable<Task>,
    options: PushManyOptions<QueueName> = {},
  ): Promise<readonly PushedTask[]> {
    // Loaded late, because a push does not need it.
    const { pushMany } = await import("./push-many/push-many.ts");
    return pushMany(tasks, options, { canBatch: this.#connection.batches, PushManyError });
  }

  /**
   * Defers the pushes of this client that are made during a callback, in all functions that it calls and awaits, and sends them
   * after the callback has succeeded. If the callback throws, none is sent. So no task runs for a transaction that was rolled
   * back, and none before the commit.
   *
   * A deferred push is checked immediately and resolves immediately, with `deferred: true` and the name that the task will have.
   * Inside another `deferPushes()`, the pushes wait for the outer one. The process can still die between the commit and the last
   * send; docs/transactions.md compares this with an outbox.
   *
   * @param run - the callback; commit inside it
   * @returns the callback's result, after all pushes were sent
   * @throws the callback's error; DeferredPushError if the callback succeeded and some pushes could not be sent; its `retry()`
   * sends them again; CloudTaskError with the code `CONFIGURATION_MISSING` on a runtime without AsyncLocalStorage
   *
   * @example
   * ```ts
   * await client.deferPushes(() =>
   *   db.transaction(async (tx) => {
   *     const order = await tx.orders.insert(cart);
   *     await chargeCard({ orderId: order.id }).push();
   *   }),
   * );
   * ```
   */
  async deferPushes<T>(run: () => T | Promise<T>): Promise<T> {
    return this.#pusher.deferrer.deferPushes(run);
  }

  /**
   * Deletes a task that has not been delivered yet.
   *
   * @param task - the result of `push()`, or the task's full resource name
   * @param options - `signal` aborts the call
   * @returns `true` if the task existed, `false` if it had already been delivered or deleted
   * @throws ApiError, NetworkError, TimeoutError, CredentialsError
   *
   * @example
   * ```ts
   * const reminder = await remind({ userId }).push({ delay: "7d" });
   * await client.deleteTask(reminder);
   * ```
   */
  async deleteTask(
    task: string | Pick<PushResult, "name">,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<boolean> {
    const { deleteTask } = await import("./delete-task.ts");
    return deleteTask(task, options, { deferrer: this.#pusher.deferrer, connection: this.#connection });
  }

  /**
   * Replaces a dependency, for tests. The replaced dependency is not created. Dependencies that only it needs are not created
   * either.
   *
   * @param dependency - the dependency to replace
   * @param replacement - another dependency, or a value, which is not torn down
   * @returns a function that restores the dependency; `using` calls it at the end of the block
   * @throws TypeError if the first argument is not a dependency
   *
   * @example
   * ```ts
   * using _ = client.override(getDb, fakeDb);
   * await processOrder({ orderId: 1 }).execute();
   * ```
   */
  override<T>(dependency: Dependency<T>, replacement: NoInfer<T> | Dependency<NoInfer<T>>): (() => void) & Disposable {
    const restore = this.#registry.override(dependency, replacement);
    return Object.assign(restore, { [Symbol.dispose]: restore });
  }

  /**
   * Registers a middleware, which wraps every run of a task: in workers, in `execute()` and with `eager: "immediate"`. The
   * first registered middleware is the outermost.
   *
   * The middleware receives the delivery and `next`. `next()` continues with the handler. It resolves with the handler's
   * result after all dependencies were torn down and therefore after the commit, and rejects with the error that made the run
   * fail. Call it at most once and await it: if the middleware returns first, the worker still waits for the handler, and an
   * error of the handler that follows fails the delivery. A middleware that does not call `next()` skips the handler.
   *
   * The return value of the middleware is the result of the delivery. An error that it throws fails the attempt, as if the
   * handler had thrown it (`NonRetriableError` discards, `RetryAfterError` delays). Hooks run after all middleware.
   * `delivery.use()` gives a middleware instances of its own, which are torn down after the outermost middleware.
   *
   * @param middleware - wraps each run
   * @returns a function that removes the middleware; `using` calls it at the end of the block
   * @throws TypeError if `middleware` is not a function
   *
   * @example
   * ```ts
   * const current = new AsyncLocalStorage<Delivery>();
   * client.use((delivery, next) => current.run(delivery, next));
   *
   * client.use((delivery, next) =>
   *   tracer.startActiveSpan(`task ${delivery.task}`, async (span) => {
   *     try {
   *       return await next();
   *     } catch (error) {
   *       span.recordException(error as Error);
   *       throw error;
   *     } finally {
   *       span.end();
   *     }
   *   }),
   * );
   * ```
   */
  use(middleware: Middleware): (() => void) & Disposable {
    const remove = this.#registry.use(middleware);
    return Object.assign(remove, { [Symbol.dispose]: remove });
  }

  /**
   * Closes the connections and tears down the dependencies of scope `"app"`. Pushes and runs that start afterwards are rejected.
   * Close the workers first.
   *
   * @throws TeardownError if a dependency could not be torn down
   */
  async close(): Promise<void> {
    this.#pusher.close();
    this.#closed ??= this.#tearDown();
    return this.#closed;
  }

  /** `close()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #origin(name: string): DefinitionOrigin {
    return { client: this.#options, name, deferPushes: this.#pusher.deferrer.middleware };
  }

  #define<Payload, Result>(definition: PushDefaults): TaskDefinition<Payload, Result> {
    const { record } = definition;
    this.#registry.add(record);
    this.#defaults.set(record, definition);
    const bind = (payload?: unknown): Task<Result> => bindTask(definition, payload, this.#pusher);
    Object.defineProperty(bind, "name", { value: record.name });
    this.#records.set(bind, record);
    this.#definitions.set(record, bind as TaskDefinition<unknown, unknown>);
    return bind as TaskDefinition<Payload, Result>;
  }

  async #keepDiscarded(discarded: DiscardedTask): Promise<void> {
    const definition = discarded.record && this.#defaults.get(discarded.record);
    const client = { options: this.#options, registry: this.#registry, connection: this.#connection, definition };
    // Loaded late, because a push does not need it.
    const { keepDeadLetter } = await import("./dead-letter/keep-dead-letter.ts");
    await keepDeadLetter(client, discarded);
  }

  async #tearDown(): Promise<void> {
    // A failure of one must not keep the other open.
    const [connection, app] = await Promise.allSettled([this.#connection.close(), this.#registry.close()]);
    if (connection.status === "rejected") throw connection.reason;
    if (app.status === "rejected") throw app.reason;
    if (app.value !== undefined) throw app.value.error;
  }
}

function noSuchTask(name: string, known: readonly string[]): TypeError {
  const similar = nearestName(String(name), known);
  const hint =
    similar === undefined
      ? "import the module that defines it, or check the name"
      : `did you mean ${JSON.stringify(similar)}?`;
  return new TypeError(`client.get(${JSON.stringify(name)}): this client defines no such task; ${hint}`);
}
