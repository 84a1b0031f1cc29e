import type { AttemptFinished } from "../emulator-events.ts";
import type { HistoryOptions } from "../options/emulator-options.ts";
import { type AttemptResultFacts, kindsOf } from "./attempt-kind.ts";
import { AttemptRing } from "./attempt-ring.ts";
import type { AttemptFilter, History, HistoryState } from "./history.ts";
import type { Journal } from "./journal.ts";
import { SecretNames } from "./masking/secret-names.ts";
import { matchesName } from "./matches-name.ts";
import {
  exchangeBytes,
  type PackedExchange,
  type PackedResponse,
  type SentBeginning,
  sentBeginning,
} from "./recorded-exchange.ts";
import { FinishedTaskIndex } from "./tasks/finished-task-index.ts";
import type { FinishedTasks } from "./tasks/finished-tasks.ts";

/** Average bytes per attempt for everything except bodies: names, headers, URL. */
const BYTES_BESIDE_BODIES = 4096;

/** An attempt that was read from a line of a journal. */
interface StoredAttempt {
  readonly attempt: AttemptFinished;
  readonly line: string;
}

/** The parts of a history that are kept elsewhere. */
export interface HistoryParts {
  /** The names that mark a secret; default: the usual ones. */
  readonly names?: SecretNames;
  /** Writes the attempts to disk. */
  readonly journal?: Journal;
  /** The attempts of the journal, the oldest first. */
  readonly stored?: readonly StoredAttempt[];
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

  /** @param options - the limits */
  constructor(
    options: Required<HistoryOptions>,
    { names = new SecretNames(), journal, stored = [] }: HistoryParts = {},
  ) {
    this.#limit = options.attempts;
    this.#maxBytes = byteLimit(options);
    this.finishedTasks = new FinishedTaskIndex({
      facts: () => this.#ring.facts(),
      get: (id) => this.#ring.read(id),
      limit: options.attempts,
    });
    this.#ring = new AttemptRing({
      limit: Math.max(1, options.attempts),
      names,
      onRemove: (attempt) => this.finishedTasks.attemptRemoved(attempt),
    });
    this.#journal = journal;
    journal?.connect((id) => this.#ring.read(id));
    for (const { attempt, line } of stored) {
      this.#ring.pushLine(attempt, line);
      this.#limitBytes();
    }
    // Ids continue to increase across restarts, even if the previous attempts were not kept.
    this.#lastId = Math.max(Date.now() * 1000, stored.at(-1)?.attempt.id ?? 0);
  }

  get tasks(): FinishedTasks {
    return this.finishedTasks.tasks;
  }

  get lastId(): number {
    return this.#lastId;
  }

  get oldest(): AttemptFinished | undefined {
    return this.#ring.at(0);
  }

  get lastSequence(): number {
    return this.#ring.lastSequence;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  add(attempt: AttemptFinished, exchange: PackedExchange): void {
    if (this.#limit === 0) return;
    this.#ring.push(attempt, exchange, exchangeBytes(exchange));
    this.#limitBytes();
    this.finishedTasks.attemptAdded(attempt);
    this.#journal?.append(attempt.id);
  }

  get(id: number): AttemptFinished | undefined {
    const found = this.#ring.at(this.#ring.indexAfter(id) - 1);
    return found?.id === id ? found : undefined;
  }

  mayContain(id: number, text: string): boolean {
    return this.#ring.mayContain(id, text);
  }

  sentRequest(id: number): SentBeginning | undefined {
    const packed = this.#ring.sent(id);
    return packed && sentBeginning(packed);
  }

  receivedResponse(id: number): PackedResponse | undefined {
    return this.#ring.received(id);
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

  *newestFirst(
    task: string | undefined,
    before: number = Number.POSITIVE_INFINITY,
    isWanted: (result: AttemptResultFacts) => boolean = () => true,
  ): Generator<AttemptFinished> {
    const ofTask = task === undefined ? [] : this.#ring.ofTask(task);
    if (ofTask.length > 0) {
      yield* ofTask.filter((attempt) => attempt.id < before && isWanted(attempt)).reverse();
      return;
    }
    const kinds = kindsOf(isWanted);
    for (let index = this.#ring.indexAfter(before - 1) - 1; index >= 0; index -= 1) {
      const attempt = kinds.has(this.#ring.kindAt(index)) ? this.#ring.at(index) : undefined;
      if (attempt) yield attempt;
    }
  }

  #limitBytes(): void {
    while (this.#ring.bytes > this.#maxBytes && this.#ring.size > 1) this.#ring.shift();
  }
}

/** Returns the maximum size of a history, in bytes. */
export function byteLimit({ attempts, bodyBytes }: Required<HistoryOptions>): number {
  return attempts * (2 * bodyBytes + BYTES_BESIDE_BODIES);
}
