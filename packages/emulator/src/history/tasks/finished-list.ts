import { type ListOrder, SortedList } from "../../engine/sorted-list.ts";
import type { FinishedTask } from "./finished-task.ts";

/** Removed tasks to keep at most. They would otherwise fill the memory if the list is never read again. */
const MAX_REMOVED = 1_000;

/**
 * The finished tasks in one order. Changes are collected, and the list is sorted when it is read: under load, most tasks leave
 * the history before that.
 */
export class FinishedList {
  readonly #sorted: SortedList<FinishedTask>;
  /** The number of the last task in `#sorted`. Later ones are in `#added`. */
  #sortedUntil = 0;
  #added: FinishedTask[] = [];
  /** Tasks to remove from `#sorted`. */
  #removed: FinishedTask[] = [];
  /** The number of removed tasks in `#added`. */
  #unlisted = 0;

  constructor(order: ListOrder<FinishedTask>) {
    this.#sorted = new SortedList(order);
  }

  /** The tasks in order. The next read can change it. */
  get sorted(): SortedList<FinishedTask> {
    this.#removeAll();
    this.#dropUnlisted();
    this.#sorted.addAll(this.#added);
    this.#sortedUntil = this.#added.at(-1)?.number ?? this.#sortedUntil;
    this.#added = [];
    return this.#sorted;
  }

  /** Adds a task. Its number must be greater than those of all tasks before. */
  add(task: FinishedTask): void {
    this.#added.push(task);
  }

  /** Removes a task that was added, and is marked as removed. */
  remove(task: FinishedTask): void {
    if (task.number <= this.#sortedUntil) {
      this.#removed.push(task);
      if (this.#removed.length >= MAX_REMOVED) this.#removeAll();
      return;
    }
    this.#unlisted += 1;
    if (this.#unlisted >= MAX_REMOVED && 2 * this.#unlisted >= this.#added.length) this.#dropUnlisted();
  }

  #removeAll(): void {
    for (const task of this.#removed) this.#sorted.remove(task);
    this.#removed = [];
  }

  #dropUnlisted(): void {
    if (this.#unlisted > 0) this.#added = this.#added.filter(({ isRemoved }) => !isRemoved);
    this.#unlisted = 0;
  }
}
