import type { Clock } from "../clock/clock.ts";
import type { Attempt } from "../engine/engine-state.ts";
import type { AttemptResult } from "../engine/finish-attempt.ts";
import type { TaskRequest } from "../engine/records.ts";
import type { RecordedExchange } from "../history/recorded-exchange.ts";
import type { EndSignal, Observer, PreparedRequest, ReceivedResponse } from "./exchange.ts";

/** The functions that a driver offers to a `Send` function. */
interface AttemptObserver extends Observer {
  /** Waits on the emulator's clock, in milliseconds. Resolves early if the attempt is aborted. */
  pause(ms: number): Promise<void>;
  /** Registers work that may continue after the attempt has ended. The emulator is not idle until it is done. */
  addBackgroundWork(work: Promise<unknown>): void;
}

/** Sends the request of an attempt and returns its result. Never throws. */
export type Send = (attempt: Attempt, request: TaskRequest, observer: AttemptObserver) => Promise<AttemptResult>;

/** An attempt whose request is being sent. */
export class RunningAttempt implements AttemptObserver, EndSignal {
  readonly attempt: Attempt;
  readonly exchange: RecordedExchange;
  /** Set by `RunningAttempts`: the index there, -1 if it is not there. */
  index = -1;
  /** When `pause()` ends, by the emulator's clock; infinite while the attempt is not paused. */
  pausedUntil: number = Number.POSITIVE_INFINITY;
  /** Number of registered background promises that have not settled. */
  backgroundWork = 0;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #aborted = false;
  readonly #onBackgroundWorkEnd: () => void;
  #cancelDeadline: () => void = () => {};

  /**
   * @param exchange - records the request and the response
   * @param onBackgroundWorkEnd - called when a background promise settles
   */
  constructor(attempt: Attempt, clock: Clock, exchange: RecordedExchange, onBackgroundWorkEnd: () => void) {
    this.attempt = attempt;
    this.#clock = clock;
    this.#onBackgroundWorkEnd = onBackgroundWorkEnd;
    this.exchange = exchange;
  }

  get bodyBytes(): number {
    return this.exchange.bodyBytes;
  }

  get signal(): EndSignal {
    return this;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_: "abort", listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_: "abort", listener: () => void): void {
    this.#listeners.delete(listener);
  }

  abort(): void {
    this.#cancelDeadline();
    if (this.#aborted) return;
    this.#aborted = true;
    for (const listener of this.#listeners) listener();
  }

  /** Aborts the background work when the emulator's clock reaches `at`. */
  abortAt(at: number): void {
    this.#cancelDeadline();
    this.#cancelDeadline = this.#clock.wakeAt(at, () => this.abort());
  }

  onRequest(request: PreparedRequest): void {
    this.exchange.onRequest(request);
  }

  onResponse(response: ReceivedResponse): void {
    this.exchange.onResponse(response);
  }

  pause(ms: number): Promise<void> {
    const { signal } = this;
    return new Promise((resolve) => {
      const resume = (): void => {
        cancel();
        signal.removeEventListener("abort", resume);
        this.pausedUntil = Number.POSITIVE_INFINITY;
        resolve();
      };
      this.pausedUntil = this.#clock.now() + ms;
      const cancel = this.#clock.wakeAt(this.pausedUntil, resume);
      if (signal.aborted) resume();
      else signal.addEventListener("abort", resume);
    });
  }

  addBackgroundWork(work: Promise<unknown>): void {
    this.backgroundWork += 1;
    const onEnd = (): void => {
      this.backgroundWork -= 1;
      if (this.backgroundWork === 0) this.#cancelDeadline();
      this.#onBackgroundWorkEnd();
    };
    work.then(onEnd, onEnd);
  }
}
