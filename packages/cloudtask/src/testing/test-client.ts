import type { CloudTaskClient } from "../client/cloud-task-client.ts";
import { type Connection, connectionOf } from "../client/connection.ts";
import { isTask, type Task } from "../client/tasks/task.ts";
import type { TaskDefinition } from "../client/tasks/task-definition.ts";
import { checkBoolean, checkFunction, rejectUnknownOptions } from "../core/check-options.ts";
import { type Duration, durationMs } from "../core/duration.ts";
import type { RpcStatus } from "../core/rpc-status.ts";
import { timeInputMs } from "../core/time-input.ts";
import { type Registry, registryOf } from "../execution/registry.ts";
import { deliverStored, replacementsIn } from "./deliver-stored.ts";
import { nextAttempt } from "./delivery-request.ts";
import { pushFailure } from "./fake-cloud-tasks.ts";
import { createRecordedDeadLetter, type RecordedDeadLetter } from "./recorded-dead-letter.ts";
import type { RecordedPush } from "./recorded-push.ts";
import { Recording } from "./recording.ts";
import { runDueTasks } from "./run-due-tasks.ts";
import type { StoredTask } from "./stored-task.ts";
import { TestClock } from "./test-clock.ts";
import type { TestDelivery } from "./test-delivery.ts";
import {
  type AttemptOptions,
  checkAttemptOptions,
  checkDeliverOptions,
  checkPositiveInteger,
  type DeliverOptions,
  type RunOptions,
  type TestClientOptions,
} from "./test-options.ts";
import { unpushedTask } from "./unpushed-task.ts";

/**
 * Records the pushes of a client instead of sending them, until the test client is closed. Only Cloud Tasks is replaced: validation,
 * limits, task names, `dedupe`, `throttle`, `debounce`, `deferPushes` and `deleteTask()` work as in production. No project, credentials
 * or network are needed. If the client uses an emulator or an eager mode, the test client replaces that too.
 *
 * @param client - the client of the code under test
 * @param options - the initial time, and a listener for time changes
 * @returns the test client; declare it with `using`, or call its `close()` after the test
 * @throws Error if the client already has a test client; TypeError if an option is invalid
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
 * Records the pushes of a client, and delivers tasks to the client's worker in the test's process. Created by `testClient()`.
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
  /** Replaced by each `reset()`. */
  #recording: Recording;
  #closed = false;

  /** Use `testClient()` instead. */
  constructor(client: CloudTaskClient, options: TestClientOptions) {
    rejectUnknownOptions(options, ["now", "onTimeChange"], "testClient()");
    const { now, onTimeChange } = options;
    checkFunction(onTimeChange, "testClient(): onTimeChange");
    this.#registry = registryOf(client);
    this.#clock = new TestClock(
      now === undefined ? Date.now() : timeInputMs(now, "UTC", "testClient(): now"),
      onTimeChange,
    );
    this.#connection = connectionOf(this.#registry);
    this.#recording = new Recording(this.#registry, this.#connection, this.#clock);
  }

  /** The current time of the test client's clock. Only `drain()`, `advance()` and `reset()` change it; `Date.now()` is not affected. */
  get now(): Date {
    return new Date(this.#clock.now());
  }

  /**
   * Returns the recorded pushes, the oldest first, including those with `deduplicated: true`. Deferred pushes are recorded when they
   * are sent.
   *
   * @param definition - returns only pushes of this definition. Default: all
   * @returns a snapshot; it does not change when the tasks run
   * @throws TypeError if the definition belongs to another client
   *
   * @example
   * ```ts
   * expect(tasks.pushed(sendWelcomeEmail)).toMatchObject([{ payload: { email: "ada@example.com" }, delayMs: 600_000 }]);
   * ```
   */
  pushed(): readonly RecordedPush[];
  pushed<Payload, Result>(definition: TaskDefinition<Payload, Result>): readonly RecordedPush<Payload, Result>[];
  pushed(definition?: { readonly name: string }): readonly RecordedPush[] {
    return this.#recording.pushes.list(definition);
  }

  /**
   * Returns the pushes whose tasks are still waiting: neither done nor deleted. `drain()` would run them.
   *
   * @param definition - returns only pushes of this definition. Default: all
   * @returns the pushes, the oldest first
   * @throws TypeError if the definition belongs to another client
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
    const { pushes, cloudTasks } = this.#recording;
    const waiting = new Set<unknown>(cloudTasks.waiting);
    return pushes.list(definition).filter((push) => waiting.has(pushes.taskOf(push)));
  }

  /**
   * Returns the dead letters: the discarded tasks of definitions with a `deadLetter`. They are not among the pushes, and `drain()` does not
   * run them, because their queue is paused.
   *
   * @param definition - returns only dead letters of this definition. Default: all
   * @returns the dead letters, the oldest first
   * @throws TypeError if the definition belongs to another client
   *
   * @example
   * ```ts
   * await tasks.drain({ allowFailures: true });
   * expect(tasks.deadLetters(chargeCard)).toMatchObject([{ payload: { orderId: 1 }, reason: "non-retriable" }]);
   * ```
   */
  deadLetters(): readonly RecordedDeadLetter[];
  deadLetters<Payload, Result>(definition: TaskDefinition<Payload, Result>): readonly RecordedDeadLetter<Payload>[];
  deadLetters(definition?: { readonly name: string }): readonly RecordedDeadLetter[] {
    const { pushes, cloudTasks } = this.#recording;
    const letters = cloudTasks.deadLetters.map((task) => createRecordedDeadLetter(task, this.#registry));
    return letters.filter(pushes.isOf(definition));
  }

  /**
   * Delivers one task to the client's worker. The worker does everything that it does in production, except for the check of the OIDC
   * token: it checks the secret, parses the payload, creates dependencies, and runs middleware, the handler and hooks.
   *
   * A task does not have to be pushed first. A recorded push is delivered with its own headers and name. After a success or a discard
   * it is no longer waiting; you can still deliver it again, because Cloud Tasks delivers at least once.
   *
   * @param target - a task, or a push returned by `pushed()`
   * @param options - the attempt to make, and replaced dependencies; for a task also the options of its push
   * @returns the delivery and its outcome. It resolves even if the handler fails
   * @throws TypeError if an option is invalid, or the push was deduplicated; for a task, the errors that `push()` throws before it sends
   * anything
   *
   * @example
   * ```ts
   * const delivery = await tasks.deliver(processOrder({ orderId: 500 }), { attempt: 3, overrides: [[getDb, fakeDb]] });
   * expect(delivery.outcome).toBe("success");
   * ```
   */
  deliver<Result, const Values extends readonly unknown[] = readonly []>(
    target: Task<Result>,
    options?: DeliverOptions<Values>,
  ): Promise<TestDelivery<Result>>;
  deliver<Payload, Result, const Values extends readonly unknown[] = readonly []>(
    target: RecordedPush<Payload, Result>,
    options?: AttemptOptions<Values>,
  ): Promise<TestDelivery<Result>>;
  async deliver(target: Task | RecordedPush, options: DeliverOptions = {}): Promise<TestDelivery> {
    this.#throwIfClosed("deliver");
    const recording = this.#recording;
    const nowMs = this.#clock.now();
    if (!isTask(target)) {
      return deliverStored(recording, storedTaskOf(recording, target), checkAttemptOptions(options), nowMs);
    }
    const task = await unpushedTask(target, checkDeliverOptions(options), { registry: this.#registry, nowMs });
    return recording.deliver(task, nextAttempt(task, options, nowMs), { replacements: replacementsIn(options) });
  }

  /**
   * Runs all waiting tasks in the order of their due times, one at a time, including the tasks that handlers push. The clock
   * advances to the due time of each task. It waits for all pushes that have started, even if the code under test does not await
   * them.
   *
   * @param options - the number of attempts per task, and whether failures are allowed
   * @returns the deliveries, in execution order
   * @throws TasksFailedError after the last delivery if a task failed or was discarded, so a test cannot overlook it; Error after `limit`
   * deliveries
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
   * Advances the clock. Tasks that become due run in the order of their due times, including retries and the tasks that
   * handlers push.
   *
   * @param by - the duration to advance by
   * @param options - the same options as those of `drain()`
   * @returns the deliveries, in execution order
   * @throws the errors that `drain()` throws
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
    const recording = this.#recording;
    try {
      return await this.#run("advance", options, untilMs);
    } finally {
      if (recording === this.#recording) this.#clock.advanceTo(untilMs);
    }
  }

  /**
   * Makes the next push fail, as if Cloud Tasks were unreachable or rejected it. Call it several times to make several pushes fail, one
   * after the other. The client's own retries are skipped.
   *
   * @param failure - the error that the push throws, or the name of a google.rpc code for an ApiError with that status. Default: a
   * NetworkError
   * @throws TypeError for any other value
   *
   * @example
   * ```ts
   * tasks.failNextPush("RESOURCE_EXHAUSTED");
   * expect((await signUp({ email: "ada@example.com" })).status).toBe(503);
   * ```
   */
  failNextPush(failure?: Error | RpcStatus): void {
    this.#throwIfClosed("failNextPush");
    this.#recording.cloudTasks.failNext(pushFailure(failure));
  }

  /**
   * Deletes all recorded pushes, tasks, taken names and simulated failures, and sets the clock to its initial time. Running deliveries
   * are aborted, as by `close()`.
   */
  reset(): void {
    this.#throwIfClosed("reset");
    this.#recording.close();
    this.#recording = new Recording(this.#registry, this.#connection, this.#clock);
    this.#clock.reset();
  }

  /**
   * Ends the recording: from now on the client pushes as configured. Recorded pushes can still be read. Running deliveries are aborted.
   * On runtimes with `AsyncLocalStorage`, such as Node, later pushes of their handlers are rejected and do not reach Cloud Tasks.
   */
  close(): void {
    this.#closed = true;
    this.#recording.close();
  }

  /** Calls `close()`; for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #run(name: "drain" | "advance", options: RunOptions, untilMs: number): Promise<readonly TestDelivery[]> {
    this.#throwIfClosed(name);
    const method = `tasks.${name}()`;
    rejectUnknownOptions(options, ["allowFailures", "attempts", "limit"], method);
    const { attempts = 1, allowFailures = false, limit = 1000 } = options;
    const recording = this.#recording;
    const run = {
      recording,
      clock: this.#clock,
      untilMs,
      attempts: checkPositiveInteger(attempts, `${method}: attempts`),
      allowFailures: checkBoolean(allowFailures, `${method}: allowFailures`),
      limit: checkPositiveInteger(limit, `${method}: limit`),
      method,
    };
    return recording.run(() => runDueTasks(run));
  }

  #throwIfClosed(method: string): void {
    if (this.#closed) throw new Error(`tasks.${method}(): this test client was closed`);
  }
}

function storedTaskOf({ pushes }: Recording, push: RecordedPush): StoredTask {
  const task = pushes.taskOf(push);
  if (task !== undefined) return task;
  throw new TypeError("tasks.deliver(): expected a task, or a push from tasks.pushed() that was not deduplicated");
}
