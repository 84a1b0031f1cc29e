import { setTimeout } from "node:timers/promises";

/** A rate of calls. */
interface CallRate {
  /** Calls that may follow each other at once, so a few are fast. */
  readonly burst: number;
  readonly perSecond: number;
}

/** A project may make 600 list calls per minute. Half of them are left to others. */
export const LIST_RATE: CallRate = { burst: 60, perSecond: 5 };

/** A project may call RunTask 60 times per minute. A burst and the calls of one minute together stay within that. */
export const RUN_RATE: CallRate = { burst: 30, perSecond: 0.5 };

/** Delays calls, so those of a process together keep a rate. */
export class CallPace {
  readonly #now: () => number;
  readonly #rate: CallRate;
  /** When the next call would start if there was no burst, in milliseconds. */
  #next = 0;

  constructor(now: () => number, rate: CallRate) {
    this.#now = now;
    this.#rate = rate;
  }

  /** Resolves when a call may start. @throws AbortError if the signal aborts */
  async wait(signal?: AbortSignal): Promise<void> {
    const delayMs = this.reserve();
    if (delayMs > 0) await setTimeout(delayMs, undefined, { ...(signal && { signal }) });
  }

  /** Reserves the next call. Returns the milliseconds to wait before it. */
  reserve(): number {
    const { burst, perSecond } = this.#rate;
    const interval = 1_000 / perSecond;
    this.#next = Math.max(this.#next, this.#now() - burst * interval) + interval;
    return Math.max(0, this.#next - this.#now());
  }
}
