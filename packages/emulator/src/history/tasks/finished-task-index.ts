import type { AttemptFinished } from "../../emulator-events.ts";
import { type AttemptFacts, attemptFacts } from "./attempt-facts.ts";
import type { FinishedTaskCounts } from "./finished-counts.ts";
import { FinishedTasks, type RemovedAttempt } from "./finished-tasks.ts";

/** Milliseconds after the last use for which the index is kept up to date. */
const KEEP_MS = 60_000;

/** Attempts between two calls of `recentCounts()` that are a flood, four times as many as a page can show. */
const FLOOD = 1_000;

/** Milliseconds after the start of a flood for which the index is not kept up to date, unless it is used. */
const FLOOD_MS = 2_000;

/** While the flood goes on, building the index takes at most this share of the time, unless that is longer than the maximum. */
const BUILD_SHARE = 0.01;
const MAX_FLOOD_MS = 10_000;

/** The largest history for which building the index again takes less time than keeping it up to date during a flood. */
const MAX_REBUILT = 20_000;

/** The counts of finished tasks. */
export interface RecentCounts {
  readonly counts: FinishedTaskCounts;
  /** Whether they are up to date. */
  readonly isExact: boolean;
}

/** The history, as the index needs it. */
export interface IndexedHistory {
  /** Returns the facts of all attempts, the oldest first. */
  readonly facts: () => Iterable<AttemptFacts>;
  readonly get: (id: number) => AttemptFinished | undefined;
  /** The greatest number of attempts. */
  readonly limit: number;
}

/**
 * Builds the index of finished tasks when it is first used, and keeps it up to date while it is in use. An emulator whose
 * dashboard is closed spends nothing on it. During a flood of attempts it is built again every few seconds instead: otherwise it
 * would take a tenth of the time of a delivery.
 */
export class FinishedTaskIndex {
  readonly #history: IndexedHistory;
  #exists: (attempt: AttemptFinished) => boolean = () => true;
  #tasks: FinishedTasks | undefined;
  /** The counts at the start of a flood. */
  #counts: FinishedTaskCounts | undefined;
  #droppedAt = 0;
  /** Milliseconds that the last build took. */
  #buildMs = 0;
  /** The attempts since the last call of `recentCounts()`. */
  #recent = 0;
  #usedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(history: IndexedHistory) {
    this.#history = history;
  }

  /** @param exists - tells whether the task of an attempt still exists */
  connect(exists: (attempt: AttemptFinished) => boolean): void {
    this.#exists = exists;
  }

  /** The finished tasks. Building the index takes about a millisecond for a thousand attempts. */
  get tasks(): FinishedTasks {
    this.#usedAt = Date.now();
    this.#timer ??= setInterval(() => this.#dropUnused(), KEEP_MS).unref();
    this.#tasks ??= this.#build();
    this.#counts = undefined;
    return this.#tasks;
  }

  /** Returns the counts for an event that is sent several times a second. During a flood they are up to ten seconds old. */
  recentCounts(): RecentCounts {
    const isFlood = this.#recent > FLOOD;
    this.#recent = 0;
    const elapsedMs = Date.now() - this.#droppedAt;
    if (this.#counts && elapsedMs < (isFlood ? this.#floodMs : FLOOD_MS))
      return { counts: this.#counts, isExact: false };
    const isKept = this.#tasks !== undefined || this.#counts !== undefined;
    const { counts } = this.tasks;
    if (isFlood && isKept && this.#history.limit <= MAX_REBUILT) this.#dropInFlood(counts);
    return { counts, isExact: true };
  }

  get #floodMs(): number {
    return Math.min(MAX_FLOOD_MS, Math.max(FLOOD_MS, this.#buildMs / BUILD_SHARE));
  }

  attemptAdded(attempt: AttemptFacts): void {
    this.#recent += 1;
    this.#tasks?.attemptAdded(attemptFacts(attempt));
  }

  attemptRemoved(attempt: RemovedAttempt): void {
    this.#tasks?.attemptRemoved(attempt);
  }

  taskDeleted(sequence: number): void {
    this.#tasks?.taskDeleted(sequence);
  }

  /** Must be called when a queue was purged or deleted. */
  queueEmptied(queue: string): void {
    this.#tasks?.tasksDeleted((attempt) => attempt.queue !== queue);
  }

  /** Forgets everything. The next use builds the index again. */
  clear(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#tasks = undefined;
    this.#counts = undefined;
  }

  #dropInFlood(counts: FinishedTaskCounts): void {
    this.#tasks = undefined;
    this.#counts = counts;
    this.#droppedAt = Date.now();
  }

  #build(): FinishedTasks {
    const startedAt = performance.now();
    const tasks = new FinishedTasks();
    for (const facts of this.#history.facts()) tasks.attemptAdded(facts);
    tasks.tasksDeleted(({ id }) => this.#isOfExisting(this.#history.get(id)));
    this.#buildMs = performance.now() - startedAt;
    return tasks;
  }

  #isOfExisting(attempt: AttemptFinished | undefined): boolean {
    return attempt !== undefined && this.#exists(attempt);
  }

  #dropUnused(): void {
    if (Date.now() - this.#usedAt >= KEEP_MS) this.clear();
  }
}
