/** What a log holds. */
export interface LogItem {
  readonly record: { readonly sequence: number };
  readonly gone: boolean;
}

/**
 * The tasks of a queue in the order of their creation: for lists that are read page by page while tasks come and go, and to
 * know the oldest.
 */
export class TaskLog<T extends LogItem> {
  #tasks: T[] = [];
  #gone = 0;
  /** Everything before it has gone. */
  #first = 0;

  append(task: T): void {
    this.#tasks.push(task);
  }

  /** To be told of every task that has gone: gaps are closed when they are as many as the tasks. */
  noteGone(): void {
    this.#gone += 1;
    if (this.#gone <= 32 || this.#gone * 2 <= this.#tasks.length) return;
    this.#tasks = this.#tasks.filter((task) => !task.gone);
    this.#gone = 0;
    this.#first = 0;
  }

  /** Forgets all. */
  clear(): void {
    this.#tasks = [];
    this.#gone = 0;
    this.#first = 0;
  }

  /** The task that was created first, of those that exist. */
  oldest(): T | undefined {
    for (;;) {
      const task = this.#tasks[this.#first];
      if (!task?.gone) return task;
      this.#first += 1;
    }
  }

  /**
   * @param after - the sequence of the last task of the page before, 0 for the first page
   * @param limit - how many tasks at most
   * @returns the tasks that follow, in order
   */
  page(after: number, limit: number): T[] {
    const found: T[] = [];
    for (let index = this.#firstAfter(after); found.length < limit; index += 1) {
      const task = this.#tasks[index];
      if (!task) break;
      if (!task.gone) found.push(task);
    }
    return found;
  }

  #firstAfter(sequence: number): number {
    let low = this.#first;
    let high = this.#tasks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const isAfter = (this.#tasks[middle]?.record.sequence ?? 0) > sequence;
      if (isAfter) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
