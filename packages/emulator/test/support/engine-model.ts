import type { AttemptOutcome, AttemptResult } from "../../src/engine/finish-attempt.ts";
import type { AttemptRecord, QueueSettings, QueueState, RetrySettings } from "../../src/engine/records.ts";

/** The model counts in fractions of a token, so all its numbers are integers. */
const TOKEN = 4096;

export interface ModelTask {
  readonly queue: ModelQueue;
  readonly id: string;
  readonly createdAt: number;
  readonly deadlineMs: number;
  readonly retry: RetrySettings | undefined;
  scheduledAt: number;
  dispatchCount: number;
  responseCount: number;
  executionCount: number;
  failureCount: number;
  firstDispatchedAt: number | undefined;
  lastAttempt: AttemptRecord | undefined;
  isWaiting: boolean;
  isRemoved: boolean;
}

export interface ModelAttempt {
  readonly task: ModelTask;
  readonly isForced: boolean;
  readonly scheduledAt: number;
  readonly dispatchedAt: number;
}

export interface ModelQueue {
  readonly name: string;
  settings: QueueSettings;
  state: QueueState;
  purgedAt: number | undefined;
  /** In order of creation. */
  tasks: ModelTask[];
  takenUntil: Map<string, number>;
  /** The seconds at which attempts ended. */
  ends: number[];
  tokens: number;
  tokensAt: number;
}

type NewTask = Pick<ModelTask, "id" | "scheduledAt" | "deadlineMs" | "retry">;

/**
 * The rules of Cloud Tasks in their simplest form: plain lists that are searched from start to end, and no derived state. The
 * engine must behave the same.
 */
export class EngineModel {
  now: number;
  queues: ModelQueue[] = [];
  attempts: ModelAttempt[] = [];
  readonly #takenUntil = new Map<string, number>();
  readonly #cooldowns: { readonly taskCooldownMs: number; readonly queueCooldownMs: number };

  constructor(now: number, cooldowns: { readonly taskCooldownMs: number; readonly queueCooldownMs: number }) {
    this.now = now;
    this.#cooldowns = cooldowns;
  }

  queueNameState(name: string): string {
    if (this.queues.some((queue) => queue.name === name)) return "taken";
    return (this.#takenUntil.get(name) ?? 0) > this.now ? "recently deleted" : "free";
  }

  taskIdState(queue: ModelQueue, id: string): string {
    if (queue.tasks.some((task) => task.id === id)) return "taken";
    return (queue.takenUntil.get(id) ?? 0) > this.now ? "recently deleted" : "free";
  }

  createQueue(name: string, settings: QueueSettings): void {
    const empty = { tasks: [], takenUntil: new Map<string, number>(), ends: [], purgedAt: undefined };
    const tokens = settings.maxBurstSize * TOKEN;
    this.queues.push({ ...empty, name, settings, state: "RUNNING", tokens, tokensAt: this.now });
  }

  deleteQueue(queue: ModelQueue): void {
    for (const task of queue.tasks) task.isRemoved = true;
    this.queues = this.queues.filter((other) => other !== queue);
    this.#takenUntil.set(queue.name, this.now + this.#cooldowns.queueCooldownMs);
  }

  purge(queue: ModelQueue): void {
    for (const task of [...queue.tasks]) this.deleteTask(task);
    queue.purgedAt = this.now;
  }

  configure(queue: ModelQueue, settings: QueueSettings): void {
    const tokens = this.#tokensOf(queue);
    Object.assign(queue, { settings, tokens: Math.min(tokens, settings.maxBurstSize * TOKEN), tokensAt: this.now });
  }

  createTask(queue: ModelQueue, task: NewTask): void {
    const counts = { dispatchCount: 0, responseCount: 0, executionCount: 0, failureCount: 0 };
    const attempts = { firstDispatchedAt: undefined, lastAttempt: undefined };
    const created = { ...task, ...counts, ...attempts, createdAt: this.now, isWaiting: true, isRemoved: false };
    queue.tasks.push({ ...created, queue });
  }

  deleteTask(task: ModelTask): void {
    const { queue } = task;
    task.isRemoved = true;
    queue.tasks = queue.tasks.filter((other) => other !== task);
    queue.takenUntil.set(task.id, this.now + (queue.settings.tombstoneTtlMs ?? this.#cooldowns.taskCooldownMs));
  }

  start(task: ModelTask, isForced: boolean): ModelAttempt {
    const { queue, scheduledAt } = task;
    const attempt = { task, isForced, scheduledAt, dispatchedAt: this.now };
    if (!isForced) Object.assign(queue, { tokens: this.#tokensOf(queue) - TOKEN, tokensAt: this.now });
    task.isWaiting = false;
    task.dispatchCount += 1;
    task.firstDispatchedAt ??= this.now;
    const open = { finishedAt: undefined, status: undefined, timedOut: false };
    task.lastAttempt = { scheduledAt, dispatchedAt: this.now, ...open };
    this.attempts.push(attempt);
    return attempt;
  }

  finish(attempt: ModelAttempt, result: AttemptResult): AttemptOutcome {
    const { task } = attempt;
    this.attempts = this.attempts.filter((other) => other !== attempt);
    task.queue.ends.push(Math.floor(this.now / 1000));
    if (task.isRemoved) return "ignored";
    const status = result.kind === "answered" ? result.status : undefined;
    if (status !== undefined && status >= 200 && status < 300) {
      this.deleteTask(task);
      return "succeeded";
    }
    task.failureCount += 1;
    if (status !== undefined) task.responseCount += 1;
    if (status !== undefined && status < 500) task.executionCount += 1;
    task.lastAttempt = {
      scheduledAt: attempt.scheduledAt,
      dispatchedAt: attempt.dispatchedAt,
      finishedAt: this.now,
      status: result.kind === "timed out" ? 504 : status,
      timedOut: result.kind === "timed out",
    };
    return this.#retry(attempt, (result.kind === "answered" && result.notBefore) || 0);
  }

  /** The attempts whose deadline has passed. */
  overdue(): ModelAttempt[] {
    return this.attempts.filter((attempt) => deadlineOf(attempt) <= this.now);
  }

  /** Deletes the tasks that reached task_ttl and starts the attempts that are due. Returns the started attempts. */
  dispatchDue(queue: ModelQueue): ModelAttempt[] {
    for (const task of queue.tasks.filter((one) => expiryOf(one) <= this.now)) this.deleteTask(task);
    const started: ModelAttempt[] = [];
    for (;;) {
      const [next] = queue.tasks.filter((task) => task.isWaiting).sort((a, b) => a.scheduledAt - b.scheduledAt);
      if (!next || next.scheduledAt > this.now || !this.#isOpen(queue) || this.#tokensOf(queue) < TOKEN) return started;
      started.push(this.start(next, false));
    }
  }

  /** Returns when the next dispatch, deadline or task_ttl is due. */
  nextEventAt(): number {
    const dispatches = this.queues
      .filter((queue) => this.#isOpen(queue))
      .flatMap((queue) => this.#dispatchTimes(queue));
    const ends = this.queues.flatMap(({ tasks }) => tasks.map(expiryOf));
    return Math.min(...dispatches, ...ends, ...this.attempts.map(deadlineOf));
  }

  executedLastMinute(queue: ModelQueue): number {
    return queue.ends.filter((second) => second > Math.floor(this.now / 1000) - 60).length;
  }

  /** Models a killed process that starts again on its stored state. */
  restart(): void {
    this.attempts = [];
    for (const queue of this.queues) {
      for (const task of queue.tasks) task.isWaiting = true;
      Object.assign(queue, { ends: [], tokens: queue.settings.maxBurstSize * TOKEN, tokensAt: this.now });
    }
  }

  #retry({ task, isForced, dispatchedAt }: ModelAttempt, notBefore: number): AttemptOutcome {
    const retry = task.retry ?? task.queue.settings;
    const isLast = this.attempts.every((other) => other.task !== task);
    const limits = [
      retry.maxAttempts === -1 ? undefined : task.dispatchCount >= retry.maxAttempts,
      retry.maxRetryDurationMs === 0 ? undefined : this.now - (task.firstDispatchedAt ?? 0) >= retry.maxRetryDurationMs,
    ].filter((isReached) => isReached !== undefined);
    if (isLast && limits.length > 0 && limits.every(Boolean)) {
      this.deleteTask(task);
      return "exhausted";
    }
    const retryAt = (isForced ? dispatchedAt : this.now) + naiveBackoff(retry, task.failureCount);
    task.scheduledAt = Math.max(retryAt, notBefore);
    task.isWaiting = isLast;
    return "retrying";
  }

  #isOpen(queue: ModelQueue): boolean {
    const counted = this.attempts.filter(({ task, isForced }) => task.queue === queue && !isForced);
    return queue.state === "RUNNING" && counted.length < queue.settings.maxConcurrentDispatches;
  }

  #dispatchTimes(queue: ModelQueue): number[] {
    const missing = Math.max(0, TOKEN - this.#tokensOf(queue));
    const tokenAt = this.now + (missing / TOKEN) * msPerToken(queue);
    return queue.tasks.filter((task) => task.isWaiting).map((task) => Math.max(task.scheduledAt, tokenAt));
  }

  #tokensOf(queue: ModelQueue): number {
    const gained = ((this.now - queue.tokensAt) * TOKEN) / msPerToken(queue);
    return Math.min(queue.tokens + gained, queue.settings.maxBurstSize * TOKEN);
  }
}

function msPerToken({ settings }: ModelQueue): number {
  return 1000 / settings.maxDispatchesPerSecond;
}

function expiryOf({ createdAt, queue }: ModelTask): number {
  return createdAt + queue.settings.taskTtlMs;
}

function deadlineOf({ dispatchedAt, task }: ModelAttempt): number {
  return dispatchedAt + task.deadlineMs;
}

/** Computes the backoff interval by interval, as `RetryConfig.max_doublings` in queue.proto describes it. */
function naiveBackoff(retry: RetrySettings, failures: number): number {
  let interval = retry.minBackoffMs;
  for (let failure = 1; failure < failures; failure += 1) {
    interval += failure <= retry.maxDoublings ? interval : retry.minBackoffMs * 2 ** retry.maxDoublings;
  }
  return Math.min(interval, retry.maxBackoffMs);
}
