import type { AttemptFinished } from "../emulator-events.ts";
import type { HistoryOptions } from "../options/emulator-options.ts";
import { AttemptRing } from "./attempt-ring.ts";
import type { AttemptFilter, History, HistoryState } from "./history.ts";
import type { Journal } from "./journal.ts";
import { matchesName } from "./matches-name.ts";

/** How much an attempt may take beside its bodies, on average: names, headers, URL. */
const BESIDE_BODIES = 4096;

/** An attempt that is kept, with about how much memory it takes. */
export interface KeptAttempt {
  readonly attempt: AttemptFinished;
  readonly bytes: number;
}

/**
 * The newest attempts in memory, written to a journal where there is one. Two limits hold: their number, and their size, which
 * is so many times two bodies and 4 KiB. By default that is 82 MB at most; headers alone could make it ten times as much.
 */
export class AttemptHistory implements History {
  readonly #ring: AttemptRing;
  readonly #limit: number;
  readonly #mostBytes: number;
  readonly #journal: Journal | undefined;
  #lastId: number;

  /**
   * @param options - what to keep
   * @param journal - where to write it
   * @param kept - what the journal held, the oldest first
   */
  constructor(options: Required<HistoryOptions>, journal?: Journal, kept: readonly KeptAttempt[] = []) {
    this.#limit = options.attempts;
    this.#mostBytes = byteLimit(options);
    this.#ring = new AttemptRing(Math.max(1, options.attempts));
    this.#journal = journal;
    for (const { attempt, bytes } of kept) this.#keep(attempt, bytes);
    // So that the ids of one run go on where those of the last ended, whether they were kept or not.
    this.#lastId = Math.max(Date.now() * 1000, kept.at(-1)?.attempt.id ?? 0);
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  add(attempt: AttemptFinished, bytes: number): void {
    if (this.#limit === 0) return;
    this.#keep(attempt, bytes);
    this.#journal?.append(attempt);
  }

  get(id: number): AttemptFinished | undefined {
    const found = this.#ring.at(this.#ring.indexAfter(id) - 1);
    return found?.id === id ? found : undefined;
  }

  list({ task, queue, outcome, limit = Number.POSITIVE_INFINITY }: AttemptFilter, before?: number): AttemptFinished[] {
    const found: AttemptFinished[] = [];
    for (const attempt of this.#newestFirst(task, before)) {
      if (found.length >= limit) break;
      if (outcome !== undefined && attempt.outcome !== outcome) continue;
      if (queue !== undefined && !matchesName(queue, attempt.queue)) continue;
      if (task === undefined || matchesName(task, attempt.task)) found.push(attempt);
    }
    return found;
  }

  since(id: number, limit: number): AttemptFinished[] {
    // An id that is yet to come is of a run with another clock: whoever has it knows none of these.
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
    this.#journal?.clear();
  }

  state(): HistoryState {
    return { attempts: this.#ring.size, bytes: this.#ring.bytes, problem: this.#journal?.problem };
  }

  async flushed(): Promise<void> {
    await this.#journal?.flushed();
  }

  async close(): Promise<void> {
    await this.#journal?.close();
  }

  *#newestFirst(task: string | undefined, before = Number.POSITIVE_INFINITY): Generator<AttemptFinished> {
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

  #keep(attempt: AttemptFinished, bytes: number): void {
    this.#ring.push(attempt, bytes);
    while (this.#ring.bytes > this.#mostBytes && this.#ring.size > 1) this.#ring.shift();
  }
}

/** How much a history may take in all, in bytes. */
export function byteLimit({ attempts, bodyBytes }: Required<HistoryOptions>): number {
  return attempts * (2 * bodyBytes + BESIDE_BODIES);
}
