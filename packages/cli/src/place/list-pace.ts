import { setTimeout } from "node:timers/promises";

/** Calls that may follow each other at once, so short lists are fast. */
const BURST = 60;

/** A project has 600 list calls per minute. Half of them are left to others. */
const PER_SECOND = 5;

/** Delays list calls, so those of a process together keep a rate. */
export class ListPace {
  readonly #now: () => number;
  /** When the next call would start if there was no burst, in milliseconds. */
  #next = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Resolves when a call may start. @throws AbortError if the signal aborts */
  async wait(signal?: AbortSignal): Promise<void> {
    const delayMs = this.reserve();
    if (delayMs > 0) await setTimeout(delayMs, undefined, { ...(signal && { signal }) });
  }

  /** Reserves the next call. Returns the milliseconds to wait before it. */
  reserve(): number {
    const interval = 1_000 / PER_SECOND;
    this.#next = Math.max(this.#next, this.#now() - BURST * interval) + interval;
    return Math.max(0, this.#next - this.#now());
  }
}
