import { backoffMs } from "../core/backoff.ts";
import { durationText } from "../core/duration.ts";
import { DEFAULT_RETRY, type ResolvedRetry } from "../core/retry-settings.ts";
import { type RetryLimits, retryLimits, type TaskRetry } from "../core/task-retry.ts";

/** An attempt and the attempts before it, as its headers describe them. */
export interface AttemptHistory {
  /** The number of earlier attempts. */
  readonly retryCount: number;
  /** The number of earlier attempts that count towards `maxAttempts`. */
  readonly spentAttempts: number;
  /**
   * The number of earlier attempts that were answered 5xx or not at all: a process may have died in them. For an App Engine task, only
   * the attempts without an answer.
   */
  readonly lostAttempts: number;
  /** The time at which this attempt was due. */
  readonly scheduledAt: Date;
  readonly dispatchDeadlineMs: number;
  /** The settings that the push sent. Without them, those of the definition apply. */
  readonly taskRetry?: TaskRetry | undefined;
  /** Returns the current time in milliseconds since the epoch. Default: this machine's. */
  readonly now?: (() => number) | undefined;
}

/**
 * The attempts and the time beyond the limits of a task after which the handler is not called again. If the worker sees a run fail,
 * it discards the task at the limits themselves. It goes beyond them only if it did not see the failures: the handler ended its
 * process or blocked it, or a load balancer or the platform answered. With the default backoff, 15 attempts cover an outage of about an hour.
 */
const LOST_ATTEMPTS = 15;
const LOST_TIME_MS = 3_600_000;

/** The last attempts of Cloud Tasks, which only discard: if `onDiscard` fails or the process dies, two more attempts can repeat it. */
const RESERVED_ATTEMPTS = 3;

/** The most backoffs that are summed. Without this limit, a large count in a forged request would block the worker. */
const MAX_SUMMED = 1_000;

/** Decides whether an attempt is the last one of its task, and whether its handler may run at all. */
export class AttemptLimits {
  readonly #history: AttemptHistory;
  readonly #retry: ResolvedRetry;
  /** `false` if only the queue has limits. */
  readonly #isLimited: boolean;
  readonly #limits: RetryLimits;
  readonly #now: () => number;
  readonly #arrivedMs: number;

  /** @param ofDefinition - the settings of the definition, for a task that was pushed without any */
  constructor(history: AttemptHistory, ofDefinition: ResolvedRetry) {
    this.#history = history;
    this.#retry = history.taskRetry?.retry ?? ofDefinition;
    this.#isLimited = Object.keys(this.#retry).length > 0;
    this.#limits = retryLimits(this.#retry);
    this.#now = history.now ?? (() => Date.now());
    this.#arrivedMs = this.#now();
  }

  /** `true` if a failure of this attempt ends the task. `undefined` if only the queue has limits. */
  get isLastAttempt(): boolean | undefined {
    if (!this.#isLimited) return undefined;
    return this.#areReachedAfter(this.#history.spentAttempts + 1);
  }

  /** `true` if the attempts before this one have already reached the limits. */
  get wereReached(): boolean {
    return this.#isLimited && this.#areReachedAfter(this.#history.spentAttempts);
  }

  /** `true` if the handler must not be called again, because this worker may never see how its run ends. */
  get isExhausted(): boolean {
    if (!this.#isLimited) return false;
    const { maxAttempts, maxRetryDurationMs } = this.#limits;
    const { lostAttempts } = this.#history;
    const elapsedMs = this.#elapsedMs();
    const isLost =
      maxAttempts === -1
        ? maxRetryDurationMs > 0 && elapsedMs >= maxRetryDurationMs + LOST_TIME_MS + this.#backoff.maxBackoffMs
        : lostAttempts >= maxAttempts + LOST_ATTEMPTS && elapsedMs >= maxRetryDurationMs;
    return isLost || this.#mayBeLastOfService();
  }

  /** The limits, for messages. */
  get text(): string {
    const { maxAttempts, maxRetryDurationMs } = this.#limits;
    const attempts = maxAttempts === -1 ? [] : [`maxAttempts: ${maxAttempts}`];
    const duration = maxRetryDurationMs === 0 ? [] : [`maxRetryDuration: ${durationText(maxRetryDurationMs)}`];
    return [...attempts, ...duration].join(", ");
  }

  #areReachedAfter(spentAttempts: number): boolean {
    const { maxAttempts, maxRetryDurationMs } = this.#limits;
    if (maxAttempts === -1 && maxRetryDurationMs === 0) return false;
    return (maxAttempts === -1 || spentAttempts >= maxAttempts) && this.#elapsedMs() >= maxRetryDurationMs;
  }

  /** Checks whether Cloud Tasks may drop the task after this attempt or one of the next two, if this one takes its full deadline. */
  #mayBeLastOfService(): boolean {
    const { taskRetry, retryCount, dispatchDeadlineMs } = this.#history;
    if (taskRetry === undefined || taskRetry.service.maxAttempts === -1) return false;
    const { maxAttempts, maxRetryDurationMs } = taskRetry.service;
    return (
      retryCount >= maxAttempts - RESERVED_ATTEMPTS && this.#sinceDueMs() + dispatchDeadlineMs >= maxRetryDurationMs
    );
  }

  get #backoff(): { readonly minBackoffMs: number; readonly maxBackoffMs: number; readonly maxDoublings: number } {
    return { ...DEFAULT_RETRY, ...this.#retry };
  }

  /** The time since this attempt was due. It cannot be negative: clocks differ, and that of an emulator can be ahead. */
  #sinceScheduledMs(): number {
    const lateMs = Math.max(0, this.#arrivedMs - this.#history.scheduledAt.getTime());
    return lateMs + this.#sinceArrivalMs();
  }

  #sinceArrivalMs(): number {
    return this.#now() - this.#arrivedMs;
  }

  /** The time since the task was due. The first attempt was at that time, or later in a queue with a backlog. */
  #sinceDueMs(): number {
    const { taskRetry, scheduledAt } = this.#history;
    if (taskRetry === undefined) return Number.POSITIVE_INFINITY;
    return scheduledAt.getTime() - taskRetry.dueMs + this.#sinceScheduledMs();
  }

  /**
   * The time since the first attempt, which Cloud Tasks does not pass to the worker: at most the time since the task was due, and at
   * most the sum of the backoffs and deadlines of the earlier attempts. The second one keeps a task that waited in a paused queue
   * from being discarded at its first failure.
   */
  #elapsedMs(): number {
    const { retryCount, dispatchDeadlineMs } = this.#history;
    if (this.#limits.maxRetryDurationMs === 0) return 0;
    if (retryCount === 0) return this.#sinceArrivalMs();
    const summed = Math.min(retryCount, MAX_SUMMED);
    let sum = 0;
    for (let failures = 1; failures <= summed; failures++) sum += backoffMs(this.#backoff, failures);
    const more = (retryCount - summed) * backoffMs(this.#backoff, summed);
    const attemptsMs = sum + more + retryCount * dispatchDeadlineMs + this.#sinceScheduledMs();
    return Math.min(attemptsMs, this.#sinceDueMs());
  }
}
