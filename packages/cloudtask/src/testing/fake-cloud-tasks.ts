import type { Route } from "../client/connection.ts";
import type { Deployment } from "../client/deployment.ts";
import { abortedError } from "../core/errors/aborted-error.ts";
import { ApiError } from "../core/errors/api-error.ts";
import { NetworkError } from "../core/errors/network-error.ts";
import { LOCAL_LOCATION, LOCAL_PROJECT } from "../core/local-project.ts";
import { queueName } from "../core/resource-name.ts";
import { httpStatusOf, isRpcStatus, type RpcStatus } from "../core/rpc-status.ts";
import type { ApiCall, Transport } from "../transport/transport.ts";
import { parseCreateTask } from "./create-task-request.ts";
import { DueList } from "./due-list.ts";
import { StoredTask } from "./stored-task.ts";
import { TaskTable } from "./task-table.ts";
import type { TestClock } from "./test-clock.ts";

/** The time for which a queue with default settings reserves the name of a finished task. */
const TOMBSTONE_MS = 3_600_000;

interface FakeCloudTasksOptions extends Pick<Deployment, "project" | "location"> {
  /** The URL of the client's worker. */
  readonly url: string;
  readonly clock: TestClock;
  /** Called for each CreateTask that did not fail. */
  readonly onPush: (task: StoredTask, deduplicated: boolean) => void;
}

/**
 * Answers a client's API calls from memory while a test client records. Every queue exists. Tasks are not dispatched: the test
 * client takes them with `next()`.
 */
export class FakeCloudTasks implements Route {
  readonly eager: undefined;
  readonly local = true;
  readonly transport: Transport = {
    call: async (call) => ({ body: this.#answer(call), attempts: 1 }),
    close: async () => undefined,
  };
  readonly #options: FakeCloudTasksOptions;
  readonly #tasks = new TaskTable();
  /** The waiting tasks without the dead letters. */
  readonly #due = new DueList();
  /** Names of finished tasks, and the time until which each stays taken. */
  readonly #tombstones = new Map<string, number>();
  /** The number of pushes that have started and not ended. */
  #pushing = 0;
  /** Called when no push is in progress. */
  readonly #onSettled: (() => void)[] = [];
  #failures: Error[] = [];
  #created = 0;

  constructor(options: FakeCloudTasksOptions) {
    this.#options = options;
  }

  now(): number {
    return this.#options.clock.now();
  }

  queueName(queue: string): string {
    const { project = LOCAL_PROJECT, location = LOCAL_LOCATION } = this.#options;
    return queueName({ project, location, queue });
  }

  watch(pushing: Promise<unknown>): void {
    this.#pushing += 1;
    pushing.then(this.#endPush, this.#endPush);
  }

  /**
   * Waits for all pushes that have started, including those that the code under test does not await.
   *
   * @returns `undefined` if there is none
   */
  settled(): Promise<void> | undefined {
    return this.#pushing > 0 ? this.#settled() : undefined;
  }

  /** The tasks that are neither finished nor deleted, in creation order. */
  get waiting(): readonly StoredTask[] {
    return this.#tasks.waiting.filter(({ requested }) => !requested.isDeadLetter);
  }

  /** The dead letters, in creation order. Their queue is paused, so they are never due. */
  get deadLetters(): readonly StoredTask[] {
    return this.#tasks.waiting.filter(({ requested }) => requested.isDeadLetter);
  }

  /** Returns the task that is due first, if it is due at or before `untilMs`. */
  next(untilMs: number): StoredTask | undefined {
    return this.#due.first(untilMs);
  }

  /** Applies the new due time of a task. */
  reschedule(task: StoredTask): void {
    this.#due.add(task);
  }

  /** Removes a task; its name stays taken for a while. */
  finish(task: StoredTask): void {
    if (task.finished) return;
    const { name, requested } = task;
    task.finished = true;
    // A generated name is never used again.
    if (requested.name !== undefined) this.#tombstones.set(name, this.now() + TOMBSTONE_MS);
  }

  /** Makes the next CreateTask fail; several failures are used one after the other. */
  failNext(failure: Error): void {
    this.#failures.push(failure);
  }

  readonly #endPush = (): void => {
    this.#pushing -= 1;
    if (this.#pushing > 0) return;
    for (const resolve of this.#onSettled.splice(0)) resolve();
  };

  async #settled(): Promise<void> {
    while (this.#pushing > 0) await new Promise<void>((resolve) => this.#onSettled.push(resolve));
  }

  #answer(call: ApiCall): object {
    const { action, signal } = call;
    if (signal?.aborted) throw abortedError(`Could not ${action}`, signal);
    if (!isTaskCall(call))
      throw apiError(
        action,
        "UNIMPLEMENTED",
        "A test client answers no other calls than those of pushes. Use createEmulator().",
      );
    return call.method === "POST" ? this.#create(call) : this.#getOrDelete(call);
  }

  #create({ action, path, body = "" }: ApiCall): object {
    const request = parseCreateTask(body, this.#options.url);
    const isPush = !request.task.isDeadLetter;
    const failure = isPush ? this.#failures.shift() : undefined;
    if (failure !== undefined) throw failure;
    const nowMs = this.now();
    const task = new StoredTask(request, path.slice(0, -"/tasks".length), { nowMs, order: this.#created++ });
    const taken = request.task.name !== undefined && this.#isTaken(task.name);
    if (isPush) this.#options.onPush(task, taken);
    if (taken) throw apiError(action, "ALREADY_EXISTS", "Requested entity already exists");
    this.#tasks.add(task);
    if (isPush) this.#due.add(task);
    return taskJson(task);
  }

  #isTaken(name: string): boolean {
    return this.#tasks.get(name) !== undefined || (this.#tombstones.get(name) ?? Number.NEGATIVE_INFINITY) > this.now();
  }

  #getOrDelete({ method, action, path }: ApiCall): object {
    const task = this.#tasks.get(path);
    if (task === undefined) throw apiError(action, "NOT_FOUND", "Requested entity was not found.");
    if (method === "GET") return taskJson(task);
    this.finish(task);
    return {};
  }
}

/** Checks for a call that creates, reads or deletes one task. */
function isTaskCall({ method, path }: ApiCall): boolean {
  return method === "POST" ? path.endsWith("/tasks") : method !== "PATCH" && /\/tasks\/[^/:?]+$/.test(path);
}

/**
 * Returns the error for a push that a test makes fail.
 *
 * @param failure - an error, the name of a google.rpc code, or `undefined` for a NetworkError
 * @throws TypeError for any other value
 */
export function pushFailure(failure: Error | RpcStatus | undefined): Error {
  const simulated = "simulated by tasks.failNextPush()";
  if (failure === undefined) return new NetworkError(`Could not push: ${simulated}`);
  if (failure instanceof Error) return failure;
  if (isRpcStatus(failure)) return apiError("push", failure, simulated);
  throw new TypeError(
    `tasks.failNextPush(): expected an Error or a google.rpc code such as "UNAVAILABLE", received ${String(failure)}`,
  );
}

function apiError(action: string, status: RpcStatus, apiMessage: string): ApiError {
  const httpStatus = httpStatusOf(status);
  return new ApiError(`Could not ${action}: ${httpStatus} ${status}: ${apiMessage}`, {
    status,
    httpStatus,
    apiMessage,
  });
}

function taskJson({ name, scheduleMs, createdMs, firstAttemptMs }: StoredTask): object {
  return {
    name,
    scheduleTime: isoTime(scheduleMs),
    createTime: isoTime(createdMs),
    firstAttempt: firstAttemptMs === undefined ? undefined : { dispatchTime: isoTime(firstAttemptMs) },
  };
}

/** The clock stands still during most pushes, so their times are equal. */
let latest = { ms: Number.NaN, text: "" };

function isoTime(ms: number): string {
  if (ms !== latest.ms) latest = { ms, text: new Date(ms).toISOString() };
  return latest.text;
}
