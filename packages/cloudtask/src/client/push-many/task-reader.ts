import type { Task } from "../tasks/task.ts";

/** A task, and its index in the source. */
export interface ReadTask {
  readonly task: Task;
  readonly index: number;
}

type Tasks = Iterable<Task> | AsyncIterable<Task>;

/**
 * Reads the tasks of a `pushMany()` on request, one at a time: a hand-written iterator may not support a second `next()` before
 * the first has answered.
 */
export class TaskReader {
  /** The number of tasks, if it is known beforehand. */
  readonly total: number | undefined;
  readonly #source: Iterator<Task> | AsyncIterator<Task>;
  readonly #subject: string;
  #index = 0;
  #last: Promise<unknown> = Promise.resolve();
  #ended = false;
  /** Ends the current read; set while it waits for the source. */
  #interrupt: (() => void) | undefined;
  /** `true` if the source has ended or failed by itself, so it needs no `return()`. */
  #exhausted = false;

  /** @throws TypeError if `tasks` is not iterable */
  constructor(tasks: Tasks, subject: string) {
    this.#source = iteratorOf(tasks, subject);
    this.#subject = subject;
    this.total = countOf(tasks);
  }

  /** `true` if reading has stopped, at the end of the source or before. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Returns the next task; `undefined` at the end, and after `stop()`. It is not a promise for a list. */
  read(): ReadTask | undefined | Promise<ReadTask | undefined> {
    // A list answers synchronously, so two reads cannot overlap.
    if (this.total !== undefined && !this.#ended) return this.#indexed(this.#source.next() as IteratorResult<Task>);
    const reading = this.#last.then(() => this.#next());
    this.#last = reading.catch(() => undefined);
    return reading;
  }

  /** Stops reading. A read that waits for the source resolves without a task, and the source's answer to it is lost. */
  stop(): void {
    this.#ended = true;
    this.#interrupt?.();
  }

  /** Yields the remaining tasks of a list; nothing for other sources. */
  *rest(): Iterable<ReadTask> {
    if (this.total === undefined || this.#exhausted) return;
    let read = this.#indexed(this.#source.next() as IteratorResult<Task>);
    for (; read !== undefined; read = this.#indexed(this.#source.next() as IteratorResult<Task>)) yield read;
  }

  /** Closes the source as `break` in a loop does, so a generator runs its `finally`. Ignores errors: an earlier one is reported. */
  async close(): Promise<void> {
    if (this.#exhausted) return;
    const waiting = this.#interrupt !== undefined;
    const closing = this.#return();
    // A generator that waits for its next task handles `return()` only after that, possibly never.
    if (!waiting) await closing;
  }

  async #next(): Promise<ReadTask | undefined> {
    if (this.#ended) return undefined;
    const read = await this.#readUnlessStopped();
    return read && this.#indexed(read);
  }

  #indexed(read: IteratorResult<Task>): ReadTask | undefined {
    if (!read.done) return { task: read.value, index: this.#index++ };
    this.#ended = this.#exhausted = true;
    return undefined;
  }

  /**
   * Reads, unless `stop()` is called first. Does not use `Promise.race`: each read would add a reaction to one promise that lives
   * until the end.
   */
  #readUnlessStopped(): Promise<IteratorResult<Task> | undefined> {
    return new Promise((resolve, reject) => {
      this.#interrupt = () => resolve(undefined);
      this.#request().then(
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

  async #request(): Promise<IteratorResult<Task>> {
    const read: unknown = await this.#source.next();
    // An invalid answer must not count as the end: the following tasks would be lost.
    if (typeof read === "object" && read !== null) return read as IteratorResult<Task>;
    throw new TypeError(`${this.#subject}: the iterator's next() must return { done, value }, received ${typeof read}`);
  }

  async #return(): Promise<void> {
    try {
      await this.#source.return?.();
    } catch {
      // See close().
    }
  }
}

function iteratorOf(tasks: Tasks, subject: string): Iterator<Task> | AsyncIterator<Task> {
  const source: object = Object(tasks);
  if (Symbol.asyncIterator in source) return (source as AsyncIterable<Task>)[Symbol.asyncIterator]();
  if (Symbol.iterator in source) return (source as Iterable<Task>)[Symbol.iterator]();
  throw new TypeError(`${subject}: expected a list or another iterable of tasks, received ${typeof tasks}`);
}

function countOf(tasks: object): number | undefined {
  if (Array.isArray(tasks)) return tasks.length;
  return tasks instanceof Set ? tasks.size : undefined;
}
