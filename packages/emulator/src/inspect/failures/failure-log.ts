import type { AttemptFinished } from "../../emulator-events.ts";
import type { History } from "../../history/history.ts";
import type { SecretNames } from "../../history/masking/secret-names.ts";
import { findInSlices } from "../find-in-slices.ts";
import { Slices } from "../slices.ts";
import { answerOf, isFailure } from "./failure-answer.ts";
import { rawAnswer } from "./raw-answer.ts";

/** Failed attempts to keep. As many as a history keeps by default. Counting them takes about 20 milliseconds. */
const MAX_FAILURES = 10_000;

/** Kinds of failures to recognize by their answer before it is masked. */
const MAX_KINDS = 10_000;

/** Milliseconds after the last use for which the failures are kept. */
const KEEP_MS = 60_000;

/** Failed attempts of one definition, or of one queue for tasks without a definition, with similar answers. */
export interface FailureKind {
  /** Different for each kind. */
  readonly key: string;
  readonly definition: string | undefined;
  /** The full name of the queue of tasks without a definition. */
  readonly queue: string | undefined;
  readonly status: number | undefined;
  readonly discarded: boolean;
  /** The answer without secrets, numbers and ids. */
  readonly answer: string;
}

/** A failed attempt, without its request and response. */
export interface Failure extends Pick<AttemptFinished, "id" | "sequence" | "at" | "task" | "queue" | "outcome"> {
  readonly kind: FailureKind;
}

/** The newest failures of the history. */
export interface KnownFailures {
  /** The oldest first, 10,000 at most. */
  readonly failures: readonly Failure[];
  /** When the oldest attempt finished that was examined, in milliseconds since the epoch. */
  readonly since: number | undefined;
}

/** The parts that the log reads. */
interface LogParts {
  readonly history: Pick<History, "newestFirst" | "oldest" | "receivedResponse">;
  readonly secretNames: Pick<SecretNames, "size">;
}

/**
 * The newest failed attempts of the history. They are read on request, each once, so deliveries pay nothing for them. Only
 * the first attempt of a kind is masked, which takes five times as long as reading it.
 */
export class FailureLog {
  readonly #history: LogParts["history"];
  readonly #secretNames: LogParts["secretNames"];
  #failures: readonly Failure[] = [];
  readonly #kinds = new Map<string, FailureKind>();
  /** The number of secret names when the answers were masked. */
  #nameCount = 0;
  #reading: Promise<void> | undefined;
  #usedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ history, secretNames }: LogParts) {
    this.#history = history;
    this.#secretNames = secretNames;
  }

  /** Reads the failures that were added since the last call. */
  async read(): Promise<KnownFailures> {
    this.#usedAt = Date.now();
    this.#timer ??= setInterval(() => this.#dropUnused(), KEEP_MS).unref();
    this.#reading ??= this.#readNew().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
    const [oldest] = this.#failures;
    const isFull = this.#failures.length === MAX_FAILURES;
    return { failures: this.#failures, since: isFull ? oldest?.at : this.#history.oldest?.at };
  }

  /** Forgets everything. The next use reads the history again. */
  clear(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#forget();
  }

  async #readNew(): Promise<void> {
    if (this.#secretNames.size !== this.#nameCount) this.#forget();
    this.#nameCount = this.#secretNames.size;
    const lastId = this.#failures.at(-1)?.id ?? 0;
    const { items } = await findInSlices<Failure>({
      after: (last) => this.#newerThan(lastId, last?.id),
      matches: () => true,
      limit: MAX_FAILURES,
      slices: new Slices(Number.POSITIVE_INFINITY),
    });
    const all = [...this.#failures, ...items.toReversed()].slice(-MAX_FAILURES);
    const oldestId = this.#history.oldest?.id ?? Number.POSITIVE_INFINITY;
    const first = all.findIndex(({ id }) => id >= oldestId);
    this.#failures = first < 0 ? [] : all.slice(first);
  }

  *#newerThan(lastId: number, before: number | undefined): Generator<Failure, void, undefined> {
    for (const attempt of this.#history.newestFirst(undefined, before, isFailure)) {
      if (attempt.id <= lastId) return;
      yield this.#failureOf(attempt);
    }
  }

  #failureOf(attempt: AttemptFinished): Failure {
    const { id, sequence, at, outcome } = attempt;
    const kind = this.#kindOf(attempt);
    return { id, sequence, at, outcome, task: ownCopy(attempt.task), queue: ownCopy(attempt.queue), kind };
  }

  #kindOf(attempt: AttemptFinished): FailureKind {
    const { status, discarded = false } = attempt;
    const definition = attempt.definition && ownCopy(attempt.definition);
    const queue = definition === undefined ? ownCopy(attempt.queue) : undefined;
    const source = definition === undefined ? `queue ${queue}` : `definition ${definition}`;
    const raw = rawAnswer(attempt, this.#history.receivedResponse(attempt.id));
    const key = raw === undefined ? undefined : `${source}\n${raw}`;
    const known = key === undefined ? undefined : this.#kinds.get(key);
    if (known) return known;
    const answer = answerOf(attempt);
    const kind = { key: `${source}\n${answer}`, definition, queue, status, discarded, answer };
    if (this.#kinds.size >= MAX_KINDS) this.#kinds.clear();
    if (key !== undefined) this.#kinds.set(key, kind);
    return kind;
  }

  #forget(): void {
    this.#failures = [];
    this.#kinds.clear();
  }

  #dropUnused(): void {
    if (!this.#reading && Date.now() - this.#usedAt >= KEEP_MS) this.clear();
  }
}

/** Copies a name: as a part of the text of its record, it would keep that text in memory. */
function ownCopy(name: string): string {
  return Buffer.from(name).toString();
}
