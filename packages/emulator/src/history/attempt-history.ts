import type { AttemptFinished } from "../emulator-events.ts";
import type { HistoryOptions } from "../options/emulator-options.ts";
import { AttemptRing } from "./attempt-ring.ts";
import type { AttemptFilter, History, HistoryState } from "./history.ts";
import type { Journal } from "./journal.ts";
import { matchesName } from "./matches-name.ts";
import { FinishedTaskIndex } from "./tasks/finished-task-index.ts";
import type { FinishedTasks } from "./tasks/finished-tasks.ts";

/** Average bytes per attempt for everything except bodies: names, headers, URL. */
const BYTES_BESIDE_BODIES = 4096;

/** An attempt with its approximate memory. */
export interface StoredAttempt {
  readonly attempt: AttemptFinished;
  readonly bytes: number;
}

/**
 * Keeps the newest attempts in memory, and optionally writes them to a journal. Their number and their size are limited. The
 * size limit is the number times two bodies plus 4 KiB, by default 82 MB. Without it, large headers could take ten times as
 * much.
 */
export class AttemptHistory implements History {
  readonly finishedTasks: FinishedTaskIndex;
  readonly #ring: AttemptRing;
  readonly #limit: number;
  readonly #maxBytes: number;
  readonly #journal: Journal | undefined;
  #lastId: number;

  /**
   * @param options - the limits
   * @param journal - writes the attempts to disk
   * @param stored - the attempts of the journal, the oldest first
   */
  constructor(options: Required<HistoryOptions>, journal?: Journal, stored: readonly StoredAttempt[] = []) {
    this.#limit = options.attempts;
    this.#maxBytes = byteLimit(options);
    this.finishedTasks = new FinishedTaskIndex({ attempts: () => this.#oldestFirst(), limit: options.attempts });
    this.#ring = new AttemptRing(Math.max(1, options.attempts), (attempt) => {
      this.finishedTasks.attemptRemoved(attempt);
    });
    this.#journal = journal;
    for (const { attempt, bytes } of stored) this.#push(attempt, bytes);
    // Ids continue to increase across restarts, even if the previous attempts were not kept.
    this.#lastId = Math.max(Date.now() * 1000, stored.at(-1)?.attempt.id ?? 0);
  }

  get tasks(): FinishedTasks {
    return this.finishedTasks.tasks;
  }

  get lastId(): number {
    return this.#lastId;
  }

  get lastSequence(): number {
    return this.#ring.lastSequence;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  add(attempt: AttemptFinished, bytes: number): void {
    if (this.#limit === 0) return;
    this.#push(attempt, bytes);
    this.#journal?.append(attempt);
  }

  get(id: number): AttemptFinished | undefined {
    const found = this.#ring.at(this.#ring.indexAfter(id) - 1);
    return found?.id === id ? found : undefined;
  }

  list({ task, queue, outcome, limit = Number.POSITIVE_INFINITY }: AttemptFilter, before?: number): AttemptFinished[] {
    const found: AttemptFinished[] = [];
    for (const attempt of this.newestFirst(task, before)) {
      if (found.length >= limit) break;
      if (outcome !== undefined && attempt.outcome !== outcome) continue;
      if (queue !== undefined && !matchesName(queue, attempt.queue)) continue;
      if (task === undefined || matchesName(task, attempt.task)) found.push(attempt);
    }
    return found;
  }

  since(id: number, limit: number): AttemptFinished[] {
    // A greater id than the last one is from another history, whose reader has seen none of these attempts.
    const from = id > this.#lastId ? 0 : this.#ring.indexAfter(id);
    const found: AttemptFinished[] = [];
    for (let index = from; found.length < limit; index += 1) {
      const attempt = this.#ring.at(index);
      if (!attempt) break;
      found.push(attempt);
    }
    return found;
  }

  clear(): void {
    this.#ring.clear();
    this.finishedTasks.clear();
    this.#journal?.clear();
  }

  ofTask(task: string): readonly AttemptFinished[] {
    return this.#ring.ofTask(task);
  }

  state(): HistoryState {
    return { attempts: this.#ring.size, bytes: this.#ring.bytes, problem: this.#journal?.problem };
  }

  async flushed(): Promise<void> {
    await this.#journal?.flushed();
  }

  async close(): Promise<void> {
    this.finishedTasks.clear();
    await this.#journal?.close();
  }

  *newestFirst(task: string | undefined, before: number = Number.POSITIVE_INFINITY): Generator<AttemptFinished> {
    const ofTask = task === undefined ? [] : this.#ring.ofTask(task);
    if (ofTask.length > 0) {
      yield* ofTask.filter(({ id }) => id < before).reverse();
      return;
    }
    for (let index = this.#ring.indexAfter(before - 1) - 1; index >= 0; index -= 1) {
      const attempt = this.#ring.at(index);
      if (attempt) yield attempt;
    }
  }

  *#oldestFirst(): Generator<AttemptFinished> {
    for (let index = 0; index < this.#ring.size; index += 1) {
      const attempt = this.#ring.at(index);
      if (attempt) yield attempt;
    }
  }

  #push(attempt: AttemptFinished, bytes: number): void {
    this.#ring.push(attempt, bytes);
    this.finishedTasks.attemptAdded(attempt);
    while (this.#ring.bytes > this.#maxBytes && this.#ring.size > 1) this.#ring.shift();
  }
}

/** Returns the maximum size of a history, in bytes. */
export function byteLimit({ attempts, bodyBytes }: Required<HistoryOptions>): number {
  return attempts * (2 * bodyBytes + BYTES_BESIDE_BODIES);
}
