import type { AttemptFinished } from "../emulator-events.ts";
import { ByteQueue } from "../memory/byte-queue.ts";
import { type RecordEntry, RecordIndex } from "../memory/record-index.ts";
import { RecordReader } from "../memory/record-reader.ts";
import { RecordWriter } from "../memory/record-writer.ts";
import { kindOf, resultOf } from "./attempt-kind.ts";
import { attemptIn, factsIn, receivedResponseIn, sentRequestIn, writeAttempt, writeLine } from "./attempt-record.ts";
import type { SecretNames } from "./masking/secret-names.ts";
import { mayContain } from "./may-contain.ts";
import { NameNumbers } from "./name-numbers.ts";
import type { PackedExchange, PackedRequest, PackedResponse } from "./recorded-exchange.ts";
import type { AttemptFacts } from "./tasks/attempt-facts.ts";
import type { RemovedAttempt } from "./tasks/finished-tasks.ts";

/** Bytes to allocate at once. The system provides the memory of a page when it is written for the first time. */
const CHUNK_BYTES = 1024 * 1024;

/** Attempts to keep as objects after they were read, because pages read the same ones again and again. */
const MAX_OBJECTS = 1_000;

/** The options of a ring. */
export interface RingOptions {
  /** Attempts to keep at most. */
  readonly limit: number;
  /** The names that mark a secret. */
  readonly names: SecretNames;
  /** Called for each attempt that is removed. */
  readonly onRemove: (attempt: RemovedAttempt) => void;
}

/**
 * The newest attempts in order of their ids. Adding an attempt and removing the oldest take constant time, finding one takes
 * O(log n). An attempt is a record outside of the heap of V8, and becomes an object when it is read.
 */
export class AttemptRing {
  readonly #options: RingOptions;
  readonly #records = new ByteQueue(CHUNK_BYTES);
  readonly #writer = new RecordWriter();
  readonly #index: RecordIndex;
  readonly #names = new NameNumbers();
  readonly #objects = new Map<number, AttemptFinished>();
  /** The number of secret names when the objects were masked. */
  #nameCount = 0;
  #bytes = 0;
  #lastSequence = 0;

  constructor(options: RingOptions) {
    this.#options = options;
    this.#index = new RecordIndex(options.limit);
  }

  get size(): number {
    return this.#index.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The greatest sequence of a task that was added. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /**
   * Adds an attempt. If the ring is full, the oldest is removed.
   *
   * @param bytes - the approximate size of the attempt
   */
  push(attempt: AttemptFinished, exchange: PackedExchange, bytes: number): void {
    writeAttempt(this.#writer, attempt, exchange);
    this.#push(attempt, bytes);
  }

  /** Adds an attempt that was read from a line of a journal. */
  pushLine(attempt: AttemptFinished, line: string): void {
    writeLine(this.#writer, line);
    this.#push(attempt, line.length);
  }

  /** Removes the oldest attempt. */
  shift(): void {
    const oldest = this.#index.shift();
    if (!oldest) return;
    this.#bytes -= oldest.bytes;
    this.#objects.delete(oldest.id);
    this.#records.dropBefore(this.#index.entry(0)?.chunk ?? Number.POSITIVE_INFINITY);
    this.#options.onRemove(oldest);
  }

  clear(): void {
    while (this.size > 0) this.shift();
    this.#objects.clear();
    this.#names.clear();
    this.#records.clear();
  }

  /** @param index - 0 for the oldest */
  at(index: number): AttemptFinished | undefined {
    const entry = this.#index.entry(index);
    if (!entry) return undefined;
    const known = this.#known(entry.id);
    if (known) return known;
    const attempt = this.#read(entry);
    if (attempt) this.#keep(attempt);
    return attempt;
  }

  /** Returns the kind of the attempt at an index. */
  kindAt(index: number): number {
    return this.#index.kindAt(index);
  }

  /** Returns the facts of all attempts, the oldest first. Almost no record is read. */
  *facts(): Generator<AttemptFacts, void, undefined> {
    const names = new Map<string, string>();
    const sharedName = (name: string): string => {
      const known = names.get(name);
      if (known === undefined) names.set(name, name);
      return known ?? name;
    };
    for (let index = 0; index < this.size; index += 1) {
      const entry = this.#index.entry(index);
      const facts = entry && (this.#factsAt(index, entry) ?? this.#readFacts(entry, sharedName));
      if (facts) yield facts;
    }
  }

  /** Returns the attempt with this id. Not kept as an object. */
  read(id: number): AttemptFinished | undefined {
    const entry = this.#index.entry(this.#index.indexAfter(id) - 1);
    return entry?.id === id ? (this.#known(id) ?? this.#read(entry)) : undefined;
  }

  /**
   * Checks whether the attempt with this id can contain a text, without reading it.
   *
   * @param text - in lower case
   */
  mayContain(id: number, text: string): boolean {
    const reader = this.#reader(id);
    return reader !== undefined && mayContain(reader.bytes, text);
  }

  /** Returns the request of the attempt with this id, not masked, unless the attempt was added as a line. */
  sent(id: number): PackedRequest | undefined {
    const reader = this.#reader(id);
    return reader && sentRequestIn(reader);
  }

  /** Returns the response of the attempt with this id, not masked, unless the attempt was added as a line. */
  received(id: number): PackedResponse | undefined {
    const reader = this.#reader(id);
    return reader && receivedResponseIn(reader);
  }

  /** Returns the attempts of a task, given by full name, the oldest first. */
  ofTask(task: string): readonly AttemptFinished[] {
    const found: AttemptFinished[] = [];
    for (const index of this.#index.withKey(task)) {
      const attempt = this.at(index);
      if (attempt?.task === task) found.push(attempt);
    }
    return found.reverse();
  }

  /** Returns the index of the first attempt with a greater id. */
  indexAfter(id: number): number {
    return this.#index.indexAfter(id);
  }

  #push(attempt: AttemptFinished, bytes: number): void {
    const { id, sequence, task, createdAt, at, status = Number.NaN, queue, definition } = attempt;
    if (this.size === this.#options.limit) this.shift();
    const { chunk, position } = this.#writer.finish(this.#records);
    const entry = { id, sequence, bytes, chunk: chunk.number, position, kind: kindOf(attempt) };
    const definitionNumber = definition === undefined ? Number.NaN : this.#names.numberOf(definition);
    this.#index.push(entry, task, [createdAt, at, status, this.#names.numberOf(queue), definitionNumber]);
    this.#bytes += bytes;
    this.#lastSequence = Math.max(this.#lastSequence, sequence);
  }

  #reader(id: number): RecordReader | undefined {
    const entry = this.#index.entry(this.#index.indexAfter(id) - 1);
    const chunk = entry?.id === id ? this.#records.chunk(entry.chunk) : undefined;
    return entry && chunk && new RecordReader({ chunk, position: entry.position });
  }

  /** @returns `undefined` if a name has no number */
  #factsAt(index: number, { id, sequence, kind }: RecordEntry): AttemptFacts | undefined {
    const [createdAt, at, status, queueNumber, definitionNumber] = this.#index.furtherAt(index);
    const queue = this.#names.nameOf(queueNumber);
    const definition = this.#names.nameOf(definitionNumber);
    if (queue === undefined || (definition === undefined && !Number.isNaN(definitionNumber))) return undefined;
    const { outcome, discarded } = resultOf(kind);
    const statusOrNone = Number.isNaN(status) ? undefined : status;
    return { id, queue, sequence, definition, createdAt, at, outcome, discarded, status: statusOrNone };
  }

  #readFacts({ chunk: number, position }: RecordEntry, sharedName: (name: string) => string): AttemptFacts | undefined {
    const chunk = this.#records.chunk(number);
    return chunk && factsIn(new RecordReader({ chunk, position }), sharedName);
  }

  #read({ chunk: number, position }: RecordEntry): AttemptFinished | undefined {
    const chunk = this.#records.chunk(number);
    return chunk && attemptIn(new RecordReader({ chunk, position }), this.#options.names);
  }

  #known(id: number): AttemptFinished | undefined {
    const { names } = this.#options;
    if (names.size !== this.#nameCount) this.#objects.clear();
    this.#nameCount = names.size;
    return this.#objects.get(id);
  }

  #keep(attempt: AttemptFinished): void {
    if (this.#objects.size >= MAX_OBJECTS) {
      for (const [oldest] of this.#objects) {
        this.#objects.delete(oldest);
        break;
      }
    }
    this.#objects.set(attempt.id, attempt);
  }
}
