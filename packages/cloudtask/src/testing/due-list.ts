import type { StoredTask } from "./stored-task.ts";

/** A time at which a task is due. It is stale if the task was rescheduled or removed since. */
interface DueEntry {
  readonly task: StoredTask;
  readonly dueMs: number;
}

/** Tasks in the order in which they are due. A search through all tasks for each delivery would take minutes for 10,000 of them. */
export class DueList {
  readonly #entries: DueEntry[] = [];

  /** Adds a task at its current due time. Call it again when that time changes. */
  add(task: StoredTask): void {
    const entry = { task, dueMs: task.dueMs };
    // Most tasks are due after all others, so the search begins at the end.
    let low = this.#entries.length;
    const last = this.#entries.at(-1);
    if (last !== undefined && isAfter(last, entry)) {
      low = 0;
      for (let high = this.#entries.length; low < high; ) {
        const middle = (low + high) >>> 1;
        if (isAfter(this.#entries[middle] as DueEntry, entry)) high = middle;
        else low = middle + 1;
      }
    }
    this.#entries.splice(low, 0, entry);
  }

  /**
   * Returns the task that is due first, if it is due at or before `untilMs` and not running.
   *
   * @param exists - returns `false` for a task that was removed
   */
  first(untilMs: number, exists: (task: StoredTask) => boolean): StoredTask | undefined {
    let index = 0;
    for (;;) {
      const entry = this.#entries[index];
      if (entry === undefined || entry.dueMs > untilMs) return undefined;
      const { task, dueMs } = entry;
      if (task.dueMs !== dueMs || !exists(task)) this.#entries.splice(index, 1);
      else if (task.running) index += 1;
      else return task;
    }
  }
}

/** Of two tasks that are due at the same time, the older one runs first. */
function isAfter(one: DueEntry, other: DueEntry): boolean {
  return one.dueMs > other.dueMs || (one.dueMs === other.dueMs && one.task.order > other.task.order);
}
