import type { EngineTask } from "./engine-state.ts";

/** The circumstances of a purge. */
export interface PurgeOptions {
  /** When the names of the purged tasks become free. */
  readonly reusableAt: number;
  /** Names of tasks with a generated id are kept only if their sequence is greater. */
  readonly generatedAfter: number;
}

/**
 * The names of the tasks of a purge, which stay taken for a while. The tasks themselves are released in slices, because a million
 * of them fill the memory. Their map is kept and its values are replaced: a new map with as many names would block the event loop
 * whenever it grows.
 */
export class Purge {
  readonly reusableAt: number;
  readonly #generatedAfter: number;
  readonly #names: Map<string, EngineTask | undefined>;
  #tasks: Iterator<readonly [id: string, task: EngineTask | undefined], undefined> | undefined;
  #freed: Iterator<string, undefined> | undefined;
  #isReleased = false;

  /** @param tasks - the tasks by id; the purge owns the map */
  constructor(tasks: Map<string, EngineTask>, { reusableAt, generatedAfter }: PurgeOptions) {
    this.reusableAt = reusableAt;
    this.#generatedAfter = generatedAfter;
    this.#names = tasks;
  }

  /** Whether a task of this name was purged and the name is not free again. */
  isTaken(id: string, now: number): boolean {
    if (now >= this.reusableAt || !this.#names.has(id)) return false;
    const task = this.#names.get(id);
    return !task || this.#keeps(task);
  }

  /** Whether all tasks were released. */
  get isReleased(): boolean {
    return this.#isReleased;
  }

  /** Releases the next tasks. */
  release(limit: number): void {
    this.#tasks ??= this.#names.entries();
    for (let count = 0; count < limit && !this.#isReleased; count += 1) {
      const { done, value: [id, task] = [] } = this.#tasks.next();
      if (done) this.#isReleased = true;
      else if (id !== undefined && task) this.#release(id, task);
    }
    if (this.#isReleased) this.#tasks = undefined;
  }

  /** Returns the next names that are free again, all of them in the end. Returns fewer than `limit` at the end. */
  freed(limit: number): string[] {
    this.#freed ??= this.#names.keys();
    const ids: string[] = [];
    while (ids.length < limit) {
      const { done, value } = this.#freed.next();
      if (done) break;
      ids.push(value);
    }
    return ids;
  }

  #release(id: string, task: EngineTask): void {
    if (this.#keeps(task)) this.#names.set(id, undefined);
    else this.#names.delete(id);
  }

  #keeps({ record }: EngineTask): boolean {
    return record.named || record.sequence > this.#generatedAfter;
  }
}
