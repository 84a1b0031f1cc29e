import type { SortedList } from "../../engine/sorted-list.ts";
import { FinishedList } from "./finished-list.ts";
import type { FinishedTask } from "./finished-task.ts";

/** The finished tasks in two orders. Only the order that is read is sorted. */
export class FinishedLists {
  readonly #byCreation = new FinishedList({ key: sequenceOf, tie: sequenceOf });
  readonly #byFinish = new FinishedList({ key: ({ last }) => last.at, tie: sequenceOf });
  #lastNumber = 0;

  /** In order of creation. The next read can change it. */
  get byCreation(): SortedList<FinishedTask> {
    return this.#byCreation.sorted;
  }

  /** Sorted by the end of the last attempt. The next read can change it. */
  get byFinish(): SortedList<FinishedTask> {
    return this.#byFinish.sorted;
  }

  /** Adds a task, and returns it. */
  add({ last, state }: Pick<FinishedTask, "last" | "state">): FinishedTask {
    this.#lastNumber += 1;
    const task: FinishedTask = { last, state, number: this.#lastNumber, isRemoved: false };
    this.#byCreation.add(task);
    this.#byFinish.add(task);
    return task;
  }

  /** Removes a task that was added. */
  remove(task: FinishedTask): void {
    task.isRemoved = true;
    this.#byCreation.remove(task);
    this.#byFinish.remove(task);
  }
}

function sequenceOf({ last }: FinishedTask): number {
  return last.sequence;
}
