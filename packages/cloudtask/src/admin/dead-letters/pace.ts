import { onAbort } from "../../core/abort-signal.ts";

/** Starts jobs with a limited concurrency and rate. */
export class Pace {
  readonly #concurrency: number;
  readonly #intervalMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #running = new Set<Promise<void>>();
  #nextMs = 0;

  /**
   * @param rate - the maximum number of jobs that start per second
   * @param signal - ends the waiting
   */
  constructor(concurrency: number, rate: number = Number.POSITIVE_INFINITY, signal?: AbortSignal) {
    this.#concurrency = concurrency;
    this.#intervalMs = 1000 / rate;
    this.#signal = signal;
  }

  /** Waits until a job may start, and starts it unless the signal has aborted. The job must not reject. */
  async start(job: () => Promise<void>): Promise<void> {
    if (this.#running.size >= this.#concurrency) await Promise.race(this.#running);
    await this.#waitForTurn();
    if (this.#signal?.aborted) return;
    const running = job().then(() => void this.#running.delete(running));
    this.#running.add(running);
  }

  /** Waits for all jobs. */
  async finish(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #waitForTurn(): Promise<void> {
    const nowMs = performance.now();
    const waitMs = this.#nextMs - nowMs;
    this.#nextMs = Math.max(nowMs, this.#nextMs) + this.#intervalMs;
    if (waitMs <= 0) return;
    await this.#wait(waitMs);
  }

  async #wait(ms: number): Promise<void> {
    const signal = this.#signal;
    if (signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(end, ms);
      const stopListening = signal && onAbort(signal, end);
      function end(): void {
        clearTimeout(timer);
        stopListening?.();
        resolve();
      }
    });
  }
}
