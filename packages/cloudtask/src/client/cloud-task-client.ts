import { refuseUnknown } from "../core/check-options.ts";
import { ApiError } from "../core/errors/api-error.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import type { Dependency } from "../dependencies/dependency.ts";
import { attachRegistry, Registry } from "../execution/registry.ts";
import { mayHaveActed } from "../transport/retry-policy.ts";
import type { ClientOptions } from "./client-options.ts";
import { Connection } from "./connection.ts";
import { readDefinition } from "./define-task.ts";
import { eagerResult } from "./eager.ts";
import { runHere } from "./eager-immediate.ts";
import { deliverRemotely } from "./eager-remote.ts";
import { type PreparedPush, type PushDefaults, prepare } from "./prepare.ts";
import { createTask } from "./push.ts";
import { type PushManyOptions, pushMany } from "./push-many.ts";
import type { PushedTask } from "./push-many-result.ts";
import type { PushOptions, PushResult } from "./push-options.ts";
import { type ResolvedOptions, resolveOptions } from "./resolve-options.ts";
import { Task } from "./task.ts";
import type { DefineTask } from "./task-definition.ts";

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
  #closed: Promise<void> | undefined;

  /**
   * @param options - the configuration; not changed, and not read again
   * @throws TypeError that says which option is wrong and what it should be; LimitError for a value out of range
   */
  constructor(options: ClientOptions) {
    this.#options = resolveOptions(options);
    const { serializer, onError, onDiscard, logger, secrets, secretHeader, serviceAccount } = this.#options;
    const callers = { secrets, secretHeader, serviceAccount };
    this.#registry = new Registry({ serializer, hooks: { onError, onDiscard }, logger, callers });
    this.#connection = new Connection(this.#options);
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
   * @throws TypeError for a name that is taken (saying where both stand) or an option that is wrong
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
  readonly task: DefineTask = (name: string, given: unknown) => {
    const definition = readDefinition(this.#options, name, given);
    this.#registry.add(definition.record);
    const runner = {
      push: (payload: unknown, options: PushOptions) => this.#push(definition, payload, options),
      execute: (payload: unknown, options: PushOptions) => this.#execute(definition, payload, options),
    };
    const bind = (payload?: unknown): Task<never> => new Task(name, payload, runner);
    return Object.defineProperty(bind, "name", { value: name });
  };

  /**
   * Pushes many tasks, a bounded number at once. All are tried; where some fail, it rejects once the rest are through, so
   * that a lost task cannot go unnoticed.
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
    refuseUnknown(options, ["signal"], "client.deleteTask()");
    const name = typeof task === "string" ? task : String(Object(task).name);
    if (!/^projects\/[^/]+\/locations\/[^/]+\/queues\/[^/]+\/tasks\/[^/]+$/.test(name)) {
      throw new TypeError(`client.deleteTask(): expected projects/…/locations/…/queues/…/tasks/…, received "${name}"`);
    }
    let echo = false;
    const onRetry = (failure: CloudTaskError): void => {
      echo ||= mayHaveActed(failure);
    };
    try {
      const call = { method: "DELETE", path: name, what: `delete ${name}`, signal: options.signal, onRetry } as const;
      await this.#connection.transport.call(call);
      return true;
    } catch (error) {
      // A try of this very call may have deleted it, and only its answer was lost.
      if (error instanceof ApiError && error.status === "NOT_FOUND") return echo;
      throw error;
    }
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
   * Closes the connections and tears down the dependencies of scope `"app"`. Pushes and executions after it are
   * refused. Close workers first.
   *
   * @throws TeardownError where a dependency could not be torn down
   */
  async close(): Promise<void> {
    this.#closed ??= this.#tearDown();
    return this.#closed;
  }

  /** `close()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #push(definition: PushDefaults, payload: unknown, options: PushOptions): Promise<PushResult> {
    const push = await this.#prepare("pushing", definition, payload, options);
    if (this.#options.eager === undefined) return createTask(this.#connection, push, this.#options);
    const result = await eagerResult(this.#connection, push, this.#options);
    if (this.#options.eager === "remote") await deliverRemotely(this.#connection, push, result.id);
    else await runHere(this.#registry, definition.record, push, result.id);
    return result;
  }

  async #execute(definition: PushDefaults, payload: unknown, options: PushOptions): Promise<unknown> {
    const push = await this.#prepare("executing", definition, payload, options);
    return runHere(this.#registry, definition.record, push, push.id ?? "");
  }

  async #prepare(
    doing: "pushing" | "executing",
    definition: PushDefaults,
    payload: unknown,
    options: PushOptions,
  ): Promise<PreparedPush> {
    const what = `${doing} "${definition.record.name}"`;
    if (this.#closed !== undefined) throw new CloudTaskError("CLIENT_CLOSED", `${what}: the client was closed`);
    return prepare(this.#options, definition, payload, options, what);
  }

  async #tearDown(): Promise<void> {
    // Each is closed, also where the other cannot be.
    const [connection, app] = await Promise.allSettled([this.#connection.close(), this.#registry.app.close()]);
    if (connection.status === "rejected") throw connection.reason;
    if (app.status === "rejected") throw app.reason;
    if (app.value !== undefined) throw app.value.error;
  }
}
