import type { SelectableEvent, SingleEventName } from "./event-text.ts";

/** Limits of the memory for a resumption. */
const MAX_EVENTS = 20_000;
const MAX_CHARACTERS = 16 * 1024 * 1024;

/** An event that was sent, as text. */
export interface SentEvent extends SelectableEvent {
  readonly name: SingleEventName;
  readonly number: number;
  readonly text: string;
}

/**
 * Keeps the recent events, so a client that reconnects can continue after its last one. Every event has a number. The numbers of
 * an emulator begin with the time of its start, so those of an earlier emulator are smaller.
 */
export class RecentEvents {
  readonly #firstNumber: number = Date.now() * 1_000;
  #number = this.#firstNumber;
  #events: SentEvent[] = [];
  #characters = 0;
  /** The number of the last event that was not kept. */
  #lastSkipped = 0;
  /** The number since which each type of event is kept. */
  readonly #since = new Map<string, number>();

  /** The number of the last event. */
  get last(): number {
    return this.#number;
  }

  nextNumber(): number {
    this.#number += 1;
    return this.#number;
  }

  /** Returns the number of an event that is not kept. A client that has not received it must read the state again. */
  skipNumber(): number {
    this.#lastSkipped = this.nextNumber();
    return this.#lastSkipped;
  }

  /** Begins to keep the events of a type, unless they are kept already. */
  keep(name: string): void {
    if (!this.#since.has(name)) this.#since.set(name, this.#number);
  }

  isKept(name: string): boolean {
    return this.#since.has(name);
  }

  add(event: SentEvent): void {
    this.#events.push(event);
    this.#characters += event.text.length;
    if (this.#events.length <= MAX_EVENTS && this.#characters <= MAX_CHARACTERS) return;
    // Removes half of the events at once, so the cost per event is small.
    for (const removed of this.#events.splice(0, Math.ceil(this.#events.length / 2))) {
      this.#characters -= removed.text.length;
      for (const name of this.#since.keys()) this.#since.set(name, removed.number);
    }
  }

  /**
   * Returns the events after a number.
   *
   * @returns `gap` if some of them are no longer kept, `restarted` if the number is from an earlier emulator
   */
  after(number: number, names: ReadonlySet<string>): readonly SentEvent[] | "gap" | "restarted" {
    if (number < this.#firstNumber) return "restarted";
    const isComplete = [...names].every((name) => number >= (this.#since.get(name) ?? Number.POSITIVE_INFINITY));
    if (!isComplete || number < this.#lastSkipped || number > this.#number) return "gap";
    return this.#events.slice(this.#indexAfter(number));
  }

  /** Forgets all events. */
  clear(): void {
    this.#events = [];
    this.#characters = 0;
    this.#since.clear();
    // Events that follow without being kept make a gap.
    this.#number += 1;
  }

  #indexAfter(number: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.number ?? 0) > number) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
