import { onAbort } from "../core/abort-signal.ts";
import { startCountdown } from "./countdown.ts";

/** The maximum number of connections of a client to one host, and of its requests in progress. */
export const MAX_CONNECTIONS = 128;

/** The limits of a wait for a slot. */
export interface SlotWait {
  readonly signal: AbortSignal | undefined;
  /** In milliseconds. */
  readonly limitMs: number;
  /** `true` if the limit starts again whenever another request was answered: the other side works, but is busy. */
  readonly renew: boolean;
}

/** The end of a wait. With `free`, the caller has the slot and must release it. */
export type SlotWaitEnd = "free" | "aborted" | "timed out";

interface Waiter {
  settle(end: SlotWaitEnd): void;
  isSettled: boolean;
}

/**
 * Bounds the requests in progress. A request waits here, and not in the HTTP client's own queue, because its time limit must not
 * start before it can be sent: 20,000 simultaneous pushes share 128 connections, and most of them wait for longer than one
 * request may take.
 */
export class ConnectionSlots {
  readonly size: number;
  #free: number;
  #answers = 0;
  /** Settled waiters remain in the list until they reach its head: removing them from the middle would be slow. */
  #waiters: Waiter[] = [];
  #head = 0;

  constructor(size: number = MAX_CONNECTIONS) {
    this.size = size;
    this.#free = size;
  }

  get isFree(): boolean {
    return this.#free > 0;
  }

  /** Takes a slot that is free. */
  take(): void {
    this.#free -= 1;
  }

  /** Waits for a slot. Waits end in the order of the calls. */
  wait({ signal, limitMs, renew }: SlotWait): Promise<SlotWaitEnd> {
    return new Promise((resolve) => {
      const waiter: Waiter = {
        isSettled: false,
        settle(end) {
          waiter.isSettled = true;
          stopCountdown();
          stopListening?.();
          resolve(end);
        },
      };
      const progress = renew ? () => this.#answers : undefined;
      const stopCountdown = startCountdown(limitMs, () => waiter.settle("timed out"), progress);
      const stopListening = signal && onAbort(signal, () => waiter.settle("aborted"));
      this.#waiters.push(waiter);
    });
  }

  /**
   * Releases a slot, and gives it to the next waiter.
   *
   * @param answered - whether the request was answered, with any status
   */
  release(answered: boolean): void {
    if (answered) this.#answers += 1;
    const next = this.#dequeue();
    if (next === undefined) this.#free += 1;
    else next.settle("free");
  }

  #dequeue(): Waiter | undefined {
    for (; this.#head < this.#waiters.length; ) {
      const waiter = this.#waiters[this.#head];
      this.#head += 1;
      if (waiter?.isSettled === false) return this.#trim(waiter);
    }
    return this.#trim(undefined);
  }

  /** Drops the consumed half of the list from time to time. Shifting each member would move all others. */
  #trim(waiter: Waiter | undefined): Waiter | undefined {
    if (this.#head > 1_000 && this.#head * 2 > this.#waiters.length) {
      this.#waiters = this.#waiters.slice(this.#head);
      this.#head = 0;
    }
    return waiter;
  }
}
