import type { StoredTask } from "./stored-task.ts";

/** The created tasks. Few tests look for a task by its name, so the names are entered only then. */
export class TaskTable {
  readonly #created: StoredTask[] = [];
  readonly #byName = new Map<string, StoredTask>();
  /** The number of created tasks that `#byName` contains or contained. */
  #indexed = 0;

  add(task: StoredTask): void {
    this.#created.push(task);
  }

  /** Returns the task with this full resource name, unless it is finished. */
  get(name: string): StoredTask | undefined {
    for (; this.#indexed < this.#created.length; this.#indexed++) {
      const task = this.#created[this.#indexed] as StoredTask;
      this.#byName.set(task.name, task);
    }
    const task = this.#byName.get(name);
    return task?.finished ? undefined : task;
  }

  /** The tasks that are not finished, in creation order. */
  get waiting(): readonly StoredTask[] {
    return this.#created.filter(({ finished }) => !finished);
  }
}
