import type { AttemptFinished } from "../../emulator-events.ts";
import { FinishedTasks } from "./finished-tasks.ts";

/** Milliseconds after the last use for which the index is kept up to date. */
const KEEP_MS = 60_000;

/** The history, as the index needs it. */
export interface IndexedHistory {
  /** All attempts, the oldest first. */
  readonly attempts: () => Iterable<AttemptFinished>;
}

/**
 * Builds the index of finished tasks when it is first used, and keeps it up to date while it is in use. An emulator whose
 * dashboard is closed spends nothing on it.
 */
export class FinishedTaskIndex {
  readonly #history: IndexedHistory;
  #exists: (attempt: AttemptFinished) => boolean = () => true;
  #tasks: FinishedTasks | undefined;
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
    return this.#tasks;
  }

  attemptAdded(attempt: AttemptFinished): void {
    this.#tasks?.attemptAdded(attempt);
  }

  attemptRemoved(attempt: AttemptFinished): void {
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
  }

  #build(): FinishedTasks {
    const tasks = new FinishedTasks();
    for (const attempt of this.#history.attempts()) tasks.attemptAdded(attempt);
    tasks.tasksDeleted(this.#exists);
    return tasks;
  }

  #dropUnused(): void {
    if (Date.now() - this.#usedAt >= KEEP_MS) this.clear();
  }
}
