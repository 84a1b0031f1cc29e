import { Abort } from "../core/abort-source.ts";

/** A delivery that is running. */
export interface RunningDelivery {
  /** Aborts when the worker stops waiting for it. Each delivery has its own, so only the listeners of running ones are kept. */
  readonly closing: Abort;
  /** Its place in the list. */
  index: number;
}

/**
 * The running deliveries of a worker, for `close()`. A `Set` would be slower: the tables that it replaces as it changes keep finished
 * deliveries alive until the next full garbage collection.
 */
export class RunningDeliveries {
  readonly #list: RunningDelivery[] = [];
  #onIdle: (() => void)[] = [];

  add(): RunningDelivery {
    const running = { closing: new Abort(), index: this.#list.length };
    this.#list.push(running);
    return running;
  }

  remove(running: RunningDelivery): void {
    const last = this.#list.pop();
    if (last === undefined) return;
    if (last !== running) {
      this.#list[running.index] = last;
      last.index = running.index;
    }
    if (this.#list.length > 0) return;
    for (const notify of this.#onIdle) notify();
    this.#onIdle = [];
  }

  abort(reason: unknown): void {
    for (const { closing } of [...this.#list]) closing.abort(reason);
  }

  /** Resolves when no delivery is running. */
  async whenIdle(): Promise<void> {
    if (this.#list.length > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }
}
