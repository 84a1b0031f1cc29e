import type { StoredTask } from "./stored-task.ts";

/** A time at which a task is due. It is stale if the task was rescheduled or removed since. */
interface DueEntry {
  readonly task: StoredTask;
  readonly dueMs: number;
}

/** Tasks in the order in which they are due. A search through all tasks for each delivery would take minutes for 10,000 of them. */
export class DueList {
  readonly #entries: DueEntry[] = [];
  /** The position of the first entry. The entries before it are removed together, because each removal moves all others. */
  #start = 0;

  /** Adds a task at its current due time. Call it again when that time changes. */
  add(task: StoredTask): void {
    const entry = { task, dueMs: task.dueMs };
    const last = this.#entries.at(-1);
    // Most tasks are due after all others.
    if (last === undefined || isAfter(entry, last)) this.#entries.push(entry);
    else this.#entries.splice(this.#positionOf(entry), 0, entry);
  }

  /** Returns the task that is due first, if it is due at or before `untilMs` and not running. */
  first(untilMs: number): StoredTask | undefined {
    let index = this.#start;
    for (;;) {
      const entry = this.#entries[index];
      if (entry === undefined || entry.dueMs > untilMs) return undefined;
      const { task, dueMs } = entry;
      const isStale = task.dueMs !== dueMs || task.finished;
      if (!isStale && !task.running) return task;
      if (isStale && index === this.#start) index = this.#pass();
      else if (isStale) this.#entries.splice(index, 1);
      else index += 1;
    }
  }

  /** Removes the first entry, and returns the position of the next one. */
  #pass(): number {
    this.#start += 1;
    if (this.#start * 2 >= this.#entries.length) {
      this.#entries.splice(0, this.#start);
      this.#start = 0;
    }
    return this.#start;
  }

  #positionOf(entry: DueEntry): number {
    let low = this.#start;
    for (let high = this.#entries.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if (isAfter(this.#entries[middle] as DueEntry, entry)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Of two tasks that are due at the same time, the older one runs first. */
function isAfter(one: DueEntry, other: DueEntry): boolean {
  return one.dueMs > other.dueMs || (one.dueMs === other.dueMs && one.task.order > other.task.order);
}
