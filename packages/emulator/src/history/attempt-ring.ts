import type { AttemptFinished } from "../emulator-events.ts";

interface Slot {
  readonly attempt: AttemptFinished;
  readonly bytes: number;
}

/** The newest attempts, in the order of their ids: adding, forgetting the oldest and finding one take no longer when there are many. */
export class AttemptRing {
  readonly #limit: number;
  readonly #slots: (Slot | undefined)[] = [];
  readonly #byTask = new Map<string, AttemptFinished[]>();
  #first = 0;
  #size = 0;
  #bytes = 0;

  /** @param limit - how many at most */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the newest. */
  push(attempt: AttemptFinished, bytes: number): void {
    if (this.#size === this.#limit) this.shift();
    this.#slots[(this.#first + this.#size) % this.#limit] = { attempt, bytes };
    this.#size += 1;
    this.#bytes += bytes;
    const ofTask = this.#byTask.get(attempt.task);
    if (ofTask) ofTask.push(attempt);
    else this.#byTask.set(attempt.task, [attempt]);
  }

  /** Forgets the oldest. */
  shift(): void {
    const oldest = this.#slots[this.#first];
    if (!oldest) return;
    this.#slots[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.#limit;
    this.#size -= 1;
    this.#bytes -= oldest.bytes;
    const { task } = oldest.attempt;
    const ofTask = this.#byTask.get(task);
    ofTask?.shift();
    if (ofTask?.length === 0) this.#byTask.delete(task);
  }

  clear(): void {
    while (this.#size > 0) this.shift();
  }

  /** @param index - 0 for the oldest */
  at(index: number): AttemptFinished | undefined {
    return index < 0 || index >= this.#size ? undefined : this.#slots[(this.#first + index) % this.#limit]?.attempt;
  }

  /** The attempts of a task, by its full name, the oldest first. */
  ofTask(task: string): readonly AttemptFinished[] {
    return this.#byTask.get(task) ?? [];
  }

  /** The index of the first attempt whose id is greater. */
  indexAfter(id: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.at(middle)?.id ?? 0) > id) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
