import type { CloudTaskClient } from "../client/cloud-task-client.ts";
import { type Connection, connectionOf } from "../client/connection.ts";
import { Task } from "../client/tasks/task.ts";
import type { TaskDefinition } from "../client/tasks/task-definition.ts";
import { checkBoolean, checkFunction, refuseUnknown } from "../core/check-options.ts";
import { type Duration, durationMs } from "../core/duration.ts";
import type { RpcStatus } from "../core/rpc-status.ts";
import { timeInputMs } from "../core/time-input.ts";
import { type Registry, registryOf } from "../execution/registry.ts";
import { attemptOf } from "./attempt-of.ts";
import { checkAttempt, checkCount, checkDeliver } from "./check-deliver.ts";
import type { Replaced } from "./deliverer.ts";
import { pushFailure } from "./push-failure.ts";
import type { RecordedPush } from "./recorded-push.ts";
import { noteAttempt, runDue } from "./run-due.ts";
import { Scene } from "./scene.ts";
import type { StoredTask } from "./stored-task.ts";
import { TestClock } from "./test-clock.ts";
import type { TestDelivery } from "./test-delivery.ts";
import type { AttemptOptions, DeliverOptions, RunOptions, TestClientOptions } from "./test-options.ts";
import { unpushedTask } from "./unpushed-task.ts";

/**
 * Has a client record what it pushes, in place of sending it, until the test is over. Everything up to Cloud Tasks itself is the
 * real thing: validation, limits, names, `dedupe`, `throttle`, `debounce`, `client.deferPushes()`, `deferPushes`, `deleteTask()`. It needs no
 * project and no credentials, and also stands in for the emulator or an eager mode that the client was given.
 *
 * @param client - the client of the code under test
 * @param options - what time it is at first, and who is told when that changes
 * @returns what the test reads and drives; declare it with `using`, or `close()` it
 * @throws Error where this client has a test client already; TypeError for an option that is wrong
 *
 * @example
 * ```ts
 * using tasks = testClient(client);
 * await signUp({ email: "ada@example.com" });
 * expect(tasks.pushed(sendWelcomeEmail)).toMatchObject([{ payload: { email: "ada@example.com" } }]);
 * ```
 */
export function testClient(client: CloudTaskClient, options: TestClientOptions = {}): TestClient {
  return new TestClient(client, options);
}

/**
 * Records what a client pushes, in place of sending it, and delivers it to the client's worker when it is told to. Made by
 * `testClient()`.
 *
 * @example
 * ```ts
 * let tasks: TestClient;
 * beforeEach(() => {
 *   tasks = testClient(client);
 * });
 * afterEach(() => tasks.close());
 * ```
 */
export class TestClient implements Disposable {
  readonly #registry: Registry;
  readonly #connection: Connection;
  readonly #clock: TestClock;
  /** Another one after each `reset()`. */
  #scene: Scene;
  #closed = false;

  /** Not to be called: `testClient()` makes it. */
  constructor(client: CloudTaskClient, options: TestClientOptions) {
    refuseUnknown(options, ["now", "onTurn"], "testClient()");
    const { now = Date.now(), onTurn } = options;
    checkFunction(onTurn, "testClient(): onTurn");
    this.#registry = registryOf(client);
    this.#clock = new TestClock(timeInputMs(now, "UTC", "testClient(): now"), onTurn);
    this.#connection = connectionOf(this.#registry);
    this.#scene = new Scene(this.#registry, this.#connection, this.#clock);
  }

  /** What time it is for pushes: it stands still until `drain()` or `advance()` turns it. `Date.now()` is not touched. */
  get now(): Date {
    return new Date(this.#clock.now());
  }

  /**
   * What was pushed, the oldest first; those that met a taken name too, with `deduplicated: true`. What `client.deferPushes()` or a
   * handler with `deferPushes` holds is not there before it is sent.
   *
   * @param definition - only its tasks; default: all
   * @returns the pushes, as they were made: they do not change with what becomes of the tasks
   * @throws TypeError where the definition is not one of this client
   *
   * @example
   * ```ts
   * expect(tasks.pushed(sendWelcomeEmail)).toMatchObject([{ payload: { email: "ada@example.com" }, delayMs: 600_000 }]);
   * ```
   */
  pushed(): readonly RecordedPush[];
  pushed<Payload, Result>(definition: TaskDefinition<Payload, Result>): readonly RecordedPush<Payload, Result>[];
  pushed(definition?: { readonly name: string }): readonly RecordedPush[] {
    return this.#scene.record.pushed(definition);
  }

  /**
   * What was pushed, and was neither delivered nor deleted: what `drain()` would run.
   *
   * @param definition - only its tasks; default: all
   * @returns the pushes, the oldest first
   * @throws TypeError where the definition is not one of this client
   *
   * @example
   * ```ts
   * await client.deleteTask(reminder);
   * expect(tasks.waiting(remind)).toEqual([]);
   * ```
   */
  waiting(): readonly RecordedPush[];
  waiting<Payload, Result>(definition: TaskDefinition<Payload, Result>): readonly RecordedPush<Payload, Result>[];
  waiting(definition?: { readonly name: string }): readonly RecordedPush[] {
    const { record, standIn } = this.#scene;
    const waiting = new Set<unknown>(standIn.waiting);
    return record.pushed(definition).filter((push) => waiting.has(record.taskOf(push)));
  }

  /**
   * Delivers one task to the client's worker, through all that a delivery goes through: the check of the secret, the payload's way
   * through JSON and schema, dependencies, middleware, hooks, the table of answers. Only the OIDC token is not looked at.
   *
   * A task, bound to a payload, need not have been pushed. A recorded push is delivered as it was pushed; where it succeeds or is
   * discarded it does not wait any more, and it can be delivered again all the same: Cloud Tasks delivers at least once.
   *
   * @param what - a task, or one of `pushed()`
   * @param options - which attempt it is, what stands in for dependencies; of a task also what its push would say
   * @returns what became of it; it does not reject where the handler fails
   * @throws TypeError for options that make no sense, and for a push that created no task; for a task, what its `push()` would throw
   * before anything is sent
   *
   * @example
   * ```ts
   * const delivery = await tasks.deliver(processOrder({ orderId: 500 }), { attempt: 3, overrides: [[getDb, fakeDb]] });
   * expect(delivery.outcome).toBe("success");
   * ```
   */
  deliver<Result, const Given extends readonly unknown[] = readonly []>(
    what: Task<Result>,
    options?: DeliverOptions<Given>,
  ): Promise<TestDelivery<Result>>;
  deliver<Payload, Result, const Given extends readonly unknown[] = readonly []>(
    what: RecordedPush<Payload, Result>,
    options?: AttemptOptions<Given>,
  ): Promise<TestDelivery<Result>>;
  async deliver(what: Task | RecordedPush, options: DeliverOptions = {}): Promise<TestDelivery> {
    this.#open("deliver");
    const scene = this.#scene;
    if (!(what instanceof Task)) return this.#deliverStored(scene, stored(scene, what), checkAttempt(options));
    const nowMs = this.#clock.now();
    const task = await unpushedTask(what, checkDeliver(options), { registry: this.#registry, nowMs });
    return scene.deliver(task, attemptOf(task, options, nowMs), replacedBy(options));
  }

  /**
   * Runs what was pushed, in the order of its times, and what that pushes, until nothing waits; the clock is turned to the time of
   * each. One task runs at a time. Pushes that have begun are waited for, also those that nobody awaited.
   *
   * @param options - how often what fails is tried; whether failures are allowed
   * @returns the deliveries, in the order in which they ran
   * @throws TasksFailedError once all have run, where some failed or were discarded, so that no test passes by accident; Error after
   * `limit` deliveries
   *
   * @example
   * ```ts
   * await signUp({ email: "ada@example.com" });
   * await tasks.drain();
   * expect(mailbox).toHaveLength(1);
   * ```
   */
  async drain(options: RunOptions = {}): Promise<readonly TestDelivery[]> {
    return this.#run("drain", options, Number.POSITIVE_INFINITY);
  }

  /**
   * Turns the clock. What is due by then runs, in the order of its times, with what that pushes and what is to be retried by then.
   *
   * @param by - how far
   * @param options - as of `drain()`
   * @returns the deliveries, in the order in which they ran
   * @throws as `drain()`
   *
   * @example
   * ```ts
   * await remind({ userId: "123" }).push({ delay: "7d" });
   * await tasks.advance("6d");
   * expect(tasks.waiting(remind)).toHaveLength(1);
   * ```
   */
  async advance(by: Duration, options: RunOptions = {}): Promise<readonly TestDelivery[]> {
    const untilMs = this.#clock.now() + durationMs(by, "tasks.advance()");
    const scene = this.#scene;
    try {
      return await this.#run("advance", options, untilMs);
    } finally {
      if (scene === this.#scene) this.#clock.turnTo(untilMs);
    }
  }

  /**
   * Lets the next push fail, as where Cloud Tasks cannot be reached or refuses. Called several times, it lets as many fail, one
   * after the other. What a client repeats before it throws (see `retry`) is left out.
   *
   * @param failure - what the push throws; the name of a google.rpc code stands for the ApiError of such an answer. Default: a
   * NetworkError
   * @throws TypeError where it is neither
   *
   * @example
   * ```ts
   * tasks.failNextPush("RESOURCE_EXHAUSTED");
   * expect((await signUp({ email: "ada@example.com" })).status).toBe(503);
   * ```
   */
  failNextPush(failure?: Error | RpcStatus): void {
    this.#open("failNextPush");
    this.#scene.standIn.fail(pushFailure(failure));
  }

  /**
   * Forgets pushes, tasks, taken names and failures to come, and sets the clock back to where it began. What still runs is ended
   * as by `close()`.
   */
  reset(): void {
    this.#open("reset");
    this.#scene.close();
    this.#scene = new Scene(this.#registry, this.#connection, this.#clock);
    this.#clock.reset();
  }

  /**
   * From now on the client pushes as before. What was recorded can still be read. Deliveries that still run are aborted; what their
   * handlers push after this is refused, and does not reach Cloud Tasks (on a runtime with `AsyncLocalStorage`, as Node is).
   */
  close(): void {
    this.#closed = true;
    this.#scene.close();
  }

  /** `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #deliverStored(scene: Scene, task: StoredTask, options: AttemptOptions): Promise<TestDelivery> {
    const nowMs = this.#clock.now();
    const attempt = attemptOf(task, options, nowMs);
    task.running = true;
    const delivery = await scene.deliver(task, attempt, replacedBy(options)).finally(() => {
      task.running = false;
    });
    task.failures = delivery.attempt - 1;
    noteAttempt(task, delivery.response, nowMs);
    if (delivery.response.ok) scene.standIn.bury(task);
    return delivery;
  }

  async #run(method: "drain" | "advance", options: RunOptions, untilMs: number): Promise<readonly TestDelivery[]> {
    this.#open(method);
    const what = `tasks.${method}()`;
    refuseUnknown(options, ["allowFailures", "attempts", "limit"], what);
    const { attempts = 1, allowFailures = false, limit = 1000 } = options;
    const scene = this.#scene;
    return runDue({
      scene,
      clock: this.#clock,
      deliver: (task) => this.#deliverStored(scene, task, { scheduledAt: task.dueMs }),
      untilMs,
      attempts: checkCount(attempts, `${what}: attempts`),
      allowFailures: checkBoolean(allowFailures, `${what}: allowFailures`),
      limit: checkCount(limit, `${what}: limit`),
      what,
    });
  }

  #open(method: string): void {
    if (this.#closed) throw new Error(`tasks.${method}(): this test client was closed`);
  }
}

function stored({ record }: Scene, push: RecordedPush): StoredTask {
  const task = record.taskOf(push);
  if (task !== undefined) return task;
  throw new TypeError("tasks.deliver(): expected a task, or one of tasks.pushed() that was not deduplicated");
}

/** Its type checks each pair by itself, and so is not that of a list. */
function replacedBy({ overrides = [] }: AttemptOptions): Replaced {
  return overrides as unknown as Replaced;
}
