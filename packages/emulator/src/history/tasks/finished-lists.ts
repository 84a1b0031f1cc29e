import { SortedList } from "../../engine/sorted-list.ts";
import type { FinishedTask } from "./finished-task.ts";

/** Removed tasks to keep at most. They would otherwise fill the memory if the lists are never read again. */
const MAX_REMOVED = 1_000;

/**
 * The finished tasks in two orders. Changes are collected, and the lists are sorted when they are read: under load, most tasks leave
 * the history before that.
 */
export class FinishedLists {
  readonly #byCreation = new SortedList<FinishedTask>({ key: sequenceOf, tie: sequenceOf });
  readonly #byFinish = new SortedList<FinishedTask>({ key: ({ last }) => last.at, tie: sequenceOf });
  #added: FinishedTask[] = [];
  /** Tasks to remove from the lists. */
  #removed: FinishedTask[] = [];
  /** The number of removed tasks in `#added`. */
  #unlisted = 0;

  /** In order of creation. The next read can change it. */
  get byCreation(): SortedList<FinishedTask> {
    this.#sort();
    return this.#byCreation;
  }

  /** Sorted by the end of the last attempt. The next read can change it. */
  get byFinish(): SortedList<FinishedTask> {
    this.#sort();
    return this.#byFinish;
  }

  add(task: FinishedTask): void {
    this.#added.push(task);
  }

  /** Removes a task that was added. */
  remove(task: FinishedTask): void {
    const isListed = task.place === "listed";
    task.place = "removed";
    if (isListed) {
      this.#removed.push(task);
      if (this.#removed.length >= MAX_REMOVED) this.#removeAll();
      return;
    }
    this.#unlisted += 1;
    if (this.#unlisted < MAX_REMOVED || 2 * this.#unlisted < this.#added.length) return;
    this.#added = this.#added.filter(({ place }) => place === "new");
    this.#unlisted = 0;
  }

  #sort(): void {
    this.#removeAll();
    for (const task of this.#added) {
      if (task.place === "removed") continue;
      task.place = "listed";
      this.#byCreation.add(task);
      this.#byFinish.add(task);
    }
    this.#added = [];
    this.#unlisted = 0;
  }

  #removeAll(): void {
    for (const task of this.#removed) {
      this.#byCreation.remove(task);
      this.#byFinish.remove(task);
    }
    this.#removed = [];
  }
}

function sequenceOf({ last }: FinishedTask): number {
  return last.sequence;
}
