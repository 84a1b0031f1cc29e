export interface LogItem {
  readonly record: { readonly sequence: number };
  readonly removed: boolean;
}

/**
 * The tasks of a queue in order of creation. Serves lists that clients read page by page while tasks are created and removed,
 * and finds the oldest task.
 */
export class TaskLog<T extends LogItem> {
  #tasks: (T | undefined)[] = [];
  #removed = 0;
  /** Index of the first task that may still exist: all tasks before it were removed. */
  #first = 0;

  append(task: T): void {
    this.#tasks.push(task);
  }

  /**
   * Must be called after each task's `removed` was set. Drops the removed tasks at the start of the log, and the others once removed
   * tasks are more than half of it. Dropping them late would make each task survive two garbage collections.
   */
  noteRemoval(): void {
    this.#removed += 1;
    this.oldest();
    if (this.#removed <= 32 || this.#removed * 2 <= this.#tasks.length) return;
    this.#tasks = this.#tasks.filter((task) => task && !task.removed);
    this.#removed = 0;
    this.#first = 0;
  }

  /** Drops all tasks. */
  clear(): void {
    this.#tasks = [];
    this.#removed = 0;
    this.#first = 0;
  }

  /** Returns the oldest task that exists. */
  oldest(): T | undefined {
    for (;;) {
      const task = this.#tasks[this.#first];
      if (!task?.removed) return task;
      this.#tasks[this.#first] = undefined;
      this.#first += 1;
    }
  }

  /**
   * Returns the next tasks in order of creation.
   *
   * @param after - the sequence of the last task of the previous page, 0 for the first page
   */
  page(after: number, limit: number): T[] {
    const found: T[] = [];
    for (const task of this.from(after)) {
      if (found.length >= limit) break;
      found.push(task);
    }
    return found;
  }

  /** Returns the tasks that were created after a sequence, in order. The log must not change before the iteration ends. */
  *from(after: number): Generator<T, void, undefined> {
    for (let index = this.#firstAfter(after); index < this.#tasks.length; index += 1) {
      const task = this.#tasks[index];
      if (task && !task.removed) yield task;
    }
  }

  /** Returns the tasks that were created before a sequence, the last one first. The log must not change before the iteration ends. */
  *back(before: number): Generator<T, void, undefined> {
    for (let index = this.#firstAfter(before - 0.5) - 1; index >= 0; index -= 1) {
      const task = this.#tasks[index];
      if (task && !task.removed) yield task;
    }
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
