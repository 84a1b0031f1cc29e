import type { Task } from "../tasks/task.ts";

/** A task that was read, and its place in the source. */
interface ReadTask {
  readonly task: Task;
  readonly index: number;
}

type Tasks = Iterable<Task> | AsyncIterable<Task>;

/**
 * Reads the tasks of a `pushMany()` one at a time, however many ask: an iterator written by hand need not bear a second
 * `next()` before the first is answered. Nothing is read before it is asked for.
 */
export class TaskReader {
  /** How many there are, where that can be told beforehand. */
  readonly total: number | undefined;
  readonly #source: Iterator<Task> | AsyncIterator<Task>;
  readonly #what: string;
  #index = 0;
  #last: Promise<unknown> = Promise.resolve();
  #ended = false;
  /** Ends the read that waits for the source. */
  #interrupt: (() => void) | undefined;
  /** Whether the source has ended by itself, or failed: then there is nothing to close. */
  #exhausted = false;

  /**
   * @param tasks - the source
   * @param what - who reads, for the message
   * @throws TypeError where it is no iterable
   */
  constructor(tasks: Tasks, what: string) {
    this.#source = iteratorOf(tasks, what);
    this.#what = what;
    this.total = countOf(tasks);
  }

  /** Whether nothing is left to be read. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * @returns the next task; `undefined` at the end, and once stopped
   * @throws what the source throws
   */
  async read(): Promise<ReadTask | undefined> {
    // A list answers at once: no two reads can meet, and there is nothing to wait for.
    if (this.total !== undefined && !this.#ended) return this.#taken(this.#source.next() as IteratorResult<Task>);
    const reading = this.#last.then(() => this.#next());
    this.#last = reading.catch(() => undefined);
    return reading;
  }

  /** Reads no further: who waits for a task gets none. What the source still brings to that is lost. */
  stop(): void {
    this.#ended = true;
    this.#interrupt?.();
  }

  /** @returns what was not read yet of a list; nothing of a source that is read as it goes */
  *rest(): Iterable<ReadTask> {
    if (this.total === undefined || this.#exhausted) return;
    let read = this.#taken(this.#source.next() as IteratorResult<Task>);
    for (; read !== undefined; read = this.#taken(this.#source.next() as IteratorResult<Task>)) yield read;
  }

  /** As a loop that is left early does: a generator runs its `finally`. What went wrong before it is what counts. */
  async close(): Promise<void> {
    if (this.#exhausted) return;
    const waiting = this.#interrupt !== undefined;
    const closing = this.#return();
    // A generator that still waits for its next task answers only after that, perhaps never.
    if (!waiting) await closing;
  }

  async #next(): Promise<ReadTask | undefined> {
    if (this.#ended) return undefined;
    const read = await this.#unlessStopped();
    return read && this.#taken(read);
  }

  #taken(read: IteratorResult<Task>): ReadTask | undefined {
    if (!read.done) return { task: read.value, index: this.#index++ };
    this.#ended = this.#exhausted = true;
    return undefined;
  }

  /** Not `Promise.race`, for which each read would leave something on a promise that lives as long as the whole. */
  #unlessStopped(): Promise<IteratorResult<Task> | undefined> {
    return new Promise((resolve, reject) => {
      this.#interrupt = () => resolve(undefined);
      this.#ask().then(
        (read) => {
          this.#interrupt = undefined;
          resolve(read);
        },
        (error: unknown) => {
          this.#interrupt = undefined;
          this.#ended = this.#exhausted = true;
          reject(error);
        },
      );
    });
  }

  async #ask(): Promise<IteratorResult<Task>> {
    const read: unknown = await this.#source.next();
    // Taken for the end, an answer that is none would lose the tasks that follow.
    if (typeof read === "object" && read !== null) return read as IteratorResult<Task>;
    throw new TypeError(`${this.#what}: the iterator's next() must bring { done, value }, and brought ${typeof read}`);
  }

  async #return(): Promise<void> {
    try {
      await this.#source.return?.();
    } catch {
      // See close().
    }
  }
}

function iteratorOf(tasks: Tasks, what: string): Iterator<Task> | AsyncIterator<Task> {
  const given: object = Object(tasks);
  if (Symbol.asyncIterator in given) return (given as AsyncIterable<Task>)[Symbol.asyncIterator]();
  if (Symbol.iterator in given) return (given as Iterable<Task>)[Symbol.iterator]();
  throw new TypeError(`${what}: expected a list or another iterable of tasks, received ${typeof tasks}`);
}

function countOf(tasks: object): number | undefined {
  if (Array.isArray(tasks)) return tasks.length;
  return tasks instanceof Set ? tasks.size : undefined;
}
