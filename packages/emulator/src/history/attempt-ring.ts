import type { AttemptFinished } from "../emulator-events.ts";

interface Slot {
  readonly attempt: AttemptFinished;
  readonly bytes: number;
}

/**
 * A ring buffer of the newest attempts in order of their ids. Adding an attempt and removing the oldest take constant time,
 * finding one takes O(log n).
 */
export class AttemptRing {
  readonly #limit: number;
  readonly #slots: (Slot | undefined)[] = [];
  readonly #byTask = new Map<string, AttemptFinished[]>();
  #first = 0;
  #size = 0;
  #bytes = 0;
  #lastSequence = 0;
  readonly #onRemove: (attempt: AttemptFinished) => void;

  /**
   * @param limit - attempts to keep at most
   * @param onRemove - called for each attempt that is removed
   */
  constructor(limit: number, onRemove: (attempt: AttemptFinished) => void) {
    this.#limit = limit;
    this.#onRemove = onRemove;
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds an attempt. If the ring is full, the oldest is removed. */
  push(attempt: AttemptFinished, bytes: number): void {
    if (this.#size === this.#limit) this.shift();
    this.#slots[(this.#first + this.#size) % this.#limit] = { attempt, bytes };
    this.#size += 1;
    this.#bytes += bytes;
    this.#lastSequence = Math.max(this.#lastSequence, attempt.sequence);
    const ofTask = this.#byTask.get(attempt.task);
    if (ofTask) ofTask.push(attempt);
    else this.#byTask.set(attempt.task, [attempt]);
  }

  /** Removes the oldest attempt. */
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
    this.#onRemove(oldest.attempt);
  }

  /** The greatest sequence of a task that was added. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  clear(): void {
    while (this.#size > 0) this.shift();
  }

  /** @param index - 0 for the oldest */
  at(index: number): AttemptFinished | undefined {
    return index < 0 || index >= this.#size ? undefined : this.#slots[(this.#first + index) % this.#limit]?.attempt;
  }

  /** Returns the attempts of a task, given by full name, the oldest first. */
  ofTask(task: string): readonly AttemptFinished[] {
    return this.#byTask.get(task) ?? [];
  }

  /** Returns the index of the first attempt with a greater id. */
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
