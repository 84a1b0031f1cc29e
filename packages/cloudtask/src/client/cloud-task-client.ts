import { rejectUnknownOptions } from "../core/check-options.ts";
import { emulatorUrl } from "../core/emulator-url.ts";
import type { Dependency } from "../dependencies/dependency.ts";
import type { Middleware } from "../execution/middleware.ts";
import { attachRegistry, type CallerRules, Registry, type TaskRecord } from "../execution/registry.ts";
import type { ClientOptions } from "./client-options.ts";
import { Connection } from "./connection.ts";
import { deleteTask, nameOfTask } from "./delete-task.ts";
import type { PushDefaults } from "./push/prepare.ts";
import type { PushResult } from "./push/push-options.ts";
import { Pusher } from "./push/pusher.ts";
import { type PushManyOptions, pushMany } from "./push-many/push-many.ts";
import type { PushedTask } from "./push-many/push-many-result.ts";
import { type ResolvedOptions, resolveOptions } from "./resolve-options.ts";
import type { DeclareTask, HandleTask } from "./tasks/declared-task.ts";
import { readDeclaration, readDefinition, readHandler } from "./tasks/read-definition.ts";
import { bindTask, type Task } from "./tasks/task.ts";
import type { DefineTask } from "./tasks/task-definition.ts";

/**
 * The configuration for one project, location and worker URL; the registry of its task definitions; the way to the API.
 * One per process is enough: it keeps its connections.
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
export class CloudTaskClient {
  readonly #options: ResolvedOptions;
  readonly #registry: Registry;
  readonly #connection: Connection;
  readonly #pusher: Pusher;
  readonly #definitions = new WeakMap<object, TaskRecord>();
  #closed: Promise<void> | undefined;

  /**
   * @param options - the configuration; not changed, and not read again
   * @throws TypeError that says which option is wrong and what it should be; LimitError for a value out of range
   */
  constructor(options: ClientOptions) {
    this.#options = resolveOptions(options);
    const { serializer, onSuccess, onError, onDiscard, logger, url } = this.#options;
    const callers = callerRulesOf(this.#options);
    this.#registry = new Registry({ serializer, hooks: { onSuccess, onError, onDiscard }, logger, callers, url });
    this.#connection = new Connection(this.#options);
    this.#pusher = new Pusher(this.#options, this.#registry, this.#connection);
    attachRegistry(this, this.#registry);
  }

  /**
   * Defines a task: a name, and a handler with its options. The definition is called to bind a payload.
   *
   * The payload's type comes from `input` (the schema's input at push, its output in the handler), or from the handler's
   * annotated first parameter; the handler's second parameter holds what `deps` names, and `delivery`.
   *
   * @param name - what it is called on the wire; a worker finds it by that name, so it outlives a deploy
   * @param definition - the handler, or options with `run`
   * @returns the definition
   * @throws TypeError for a name that is taken (saying where both stand) or an option that is wrong. With NODE_ENV=development
   * the later definition replaces the earlier, since development servers evaluate an edited module again
   *
   * @example
   * ```ts
   * const sendWelcomeEmail = client.task("send-welcome-email", async (user: { email: string }) => mail.send(user.email));
   * const processOrder = client.task("process-order", {
   *   input: z.object({ orderId: z.number() }),
   *   deps: { orders: getOrders },
   *   run: async ({ orderId }, { orders, delivery }) => orders.process(orderId, { signal: delivery.signal }),
   * });
   * ```
   */
  readonly task: DefineTask = (name: string, given: unknown) =>
    this.#define(readDefinition({ client: this.#options, name, deferPushes: this.#pusher.deferrer.middleware }, given));

  /**
   * Declares a task whose handler stands elsewhere: in another service, which `client.handle()` gives it, or in a class of a
   * framework. It is pushed as any other; a worker that has no handler for it answers as for an unknown task.
   *
   * @param name - what it is called on the wire
   * @param options - `input`, and all that `client.task()` takes but the handler, its dependencies and hooks
   * @returns the definition
   * @throws TypeError for a name that is taken (saying where both stand) or an option that is wrong
   *
   * @example
   * ```ts
   * // contract.ts, which both services import
   * export const chargeCard = client.declare("charge-card", { input: z.object({ orderId: z.number() }) });
   * // the service that pushes
   * await chargeCard({ orderId: 1 }).push();
   * // the service that works
   * client.handle(chargeCard, async ({ orderId }, { delivery }) => cards.charge(orderId, delivery.signal));
   * ```
   */
  readonly declare: DeclareTask = (name: string, options: object = {}) => {
    const origin = { client: this.#options, name, deferPushes: this.#pusher.deferrer.middleware };
    return this.#define(readDeclaration(origin, options)) as never;
  };

  /**
   * Gives a declared task its handler in this process.
   *
   * @param definition - made by `declare()` of this client
   * @param handler - the handler, or options: `run`, `deps`, and hooks
   * @returns what takes the handler away: call it, or declare it with `using`
   * @throws TypeError where the task is not this client's, or has a handler
   *
   * @example
   * ```ts
   * client.handle(chargeCard, {
   *   deps: { cards: getCards },
   *   run: async ({ orderId }, { cards }) => cards.charge(orderId),
   * });
   * ```
   */
  readonly handle: HandleTask = (definition: { readonly name: string }, given: unknown) => {
    const record = this.#definitions.get(definition);
    if (record === undefined) {
      throw new TypeError("client.handle(): expected a definition made by declare() of the same client");
    }
    const remove = this.#registry.handle(record, readHandler(record.name, given));
    return Object.assign(remove, { [Symbol.dispose]: remove });
  };

  /**
   * Pushes many tasks, a bounded number at once. All are tried; if some fail, it rejects after the rest are done, so a lost task
   * cannot go unnoticed.
   *
   * @param tasks - tasks, from a list or any (async) iterable, which is read only as fast as they are pushed
   * @param options - `concurrency` (default 32), `onProgress`, `push` options for all, `signal`
   * @returns a result for each, in their order
   * @throws PushManyError with a result for each, the failed ones with their error and whether they may exist all the
   * same; pushed again, those can run twice, unless they are named
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
    options: PushManyOptions = {},
  ): Promise<readonly PushedTask[]> {
    return pushMany(tasks, options);
  }

  /**
   * Holds every push of this client that is made inside a callback, wherever in it and in whatever it awaits, until it has
   * succeeded; then sends them. Where it throws, none is sent: so a task never runs for a transaction that was rolled back,
   * nor before one that is not yet committed.
   *
   * A push in it is checked at once, and resolves at once with `deferred: true` and the name that the task will have. A
   * `deferPushes()` inside another hands what it holds to the outer one. Between the commit and the last send the process can
   * still die; docs/transactions.md compares that with an outbox.
   *
   * @param run - the callback; commit inside it
   * @returns what it returned, once all was sent
   * @throws what it throws; DeferredPushError where it succeeded and some pushes could not be sent, which `retry()` of the error
   * sends again; CloudTaskError with the code `CONFIGURATION_MISSING` on a runtime without AsyncLocalStorage
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
   * @param task - what `push()` resolved to, or the task's full resource name
   * @param options - `signal` gives it up
   * @returns whether there was one; `false` where it was delivered or deleted before
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
    rejectUnknownOptions(options, ["signal"], "client.deleteTask()");
    const name = nameOfTask(task);
    if (await this.#pusher.deferrer.remove(name)) return true;
    return deleteTask(this.#connection.transport, name, options);
  }

  /**
   * Replaces a dependency, for tests: neither it nor what only it needs is created.
   *
   * @param dependency - the one to replace
   * @param replacement - another dependency, or the value itself, which then is the caller's to close
   * @returns what undoes it: call it, or declare it with `using`
   * @throws TypeError where the first is no dependency
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
   * Closes the connections and tears down the dependencies of scope `"app"`. Pushes and executions after it are
   * refused. Close workers first.
   *
   * @throws TeardownError where a dependency could not be torn down
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

  #define(definition: PushDefaults): ((payload?: unknown) => Task<never>) & { readonly name: string } {
    this.#registry.add(definition.record);
    const bind = (payload?: unknown): Task<never> => bindTask(definition, payload, this.#pusher);
    Object.defineProperty(bind, "name", { value: definition.record.name });
    this.#definitions.set(bind, definition.record);
    return bind;
  }

  async #tearDown(): Promise<void> {
    // Each is closed, also where the other cannot be.
    const [connection, app] = await Promise.allSettled([this.#connection.close(), this.#registry.app.close()]);
    if (connection.status === "rejected") throw connection.reason;
    if (app.status === "rejected") throw app.reason;
    if (app.value !== undefined) throw app.value.error;
  }
}

function callerRulesOf(options: ResolvedOptions): CallerRules {
  const { secrets, secretHeader, serviceAccounts, audience, emulatorHost } = options;
  return {
    secrets,
    secretHeader,
    serviceAccounts,
    audience,
    emulatorUrl: emulatorHost === undefined ? undefined : emulatorUrl(emulatorHost),
  };
}
