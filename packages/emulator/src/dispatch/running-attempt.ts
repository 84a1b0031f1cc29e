import type { Clock } from "../clock/clock.ts";
import type { Attempt } from "../engine/engine-state.ts";
import type { AttemptResult } from "../engine/finish-attempt.ts";
import type { TaskRequest } from "../engine/records.ts";
import { RecordedExchange } from "../history/recorded-exchange.ts";
import type { Observer, ReceivedResponse, SentRequest } from "./exchange.ts";

/** What a driver offers to whoever carries out an attempt, beside looking on. */
interface AttemptObserver extends Observer {
  /** Waits by the emulator's clock. Resolves sooner where the attempt is given up. */
  pause(ms: number): Promise<void>;
  /** Something else that belongs to the attempt, and may outlast it: an emulator is not idle before it is over, too. */
  alongside(work: Promise<unknown>): void;
}

/** Carries out an attempt. Never throws. */
export type Send = (attempt: Attempt, request: TaskRequest, observer: AttemptObserver) => Promise<AttemptResult>;

/** An attempt whose request is under way. */
export class RunningAttempt implements AttemptObserver {
  readonly bodyBytes: number;
  readonly exchange: RecordedExchange;
  /** When it goes on, by the emulator's clock; infinite while it does not wait for that. */
  pausedUntil: number = Number.POSITIVE_INFINITY;
  /** How much of what goes on beside the attempt is left. */
  others = 0;
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  readonly #changed: () => void;
  #cancelDeadline: () => void = () => {};

  /**
   * @param bodyBytes - how much of each body to keep
   * @param changed - called when something beside the attempt is over
   */
  constructor(clock: Clock, bodyBytes: number, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
    this.bodyBytes = bodyBytes;
    this.exchange = new RecordedExchange(bodyBytes);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  giveUp(): void {
    this.#cancelDeadline();
    this.#controller.abort();
  }

  /** Gives up what is left beside the attempt when this time has come, by the emulator's clock. */
  giveUpAt(at: number): void {
    this.#cancelDeadline();
    this.#cancelDeadline = this.#clock.wakeAt(at, () => this.giveUp());
  }

  onRequest(request: SentRequest): void {
    this.exchange.onRequest(request);
  }

  onResponse(response: ReceivedResponse): void {
    this.exchange.onResponse(response);
  }

  pause(ms: number): Promise<void> {
    const { signal } = this;
    return new Promise((resolve) => {
      const goOn = (): void => {
        cancel();
        signal.removeEventListener("abort", goOn);
        this.pausedUntil = Number.POSITIVE_INFINITY;
        resolve();
      };
      this.pausedUntil = this.#clock.now() + ms;
      const cancel = this.#clock.wakeAt(this.pausedUntil, goOn);
      if (signal.aborted) goOn();
      else signal.addEventListener("abort", goOn);
    });
  }

  alongside(work: Promise<unknown>): void {
    this.others += 1;
    const over = (): void => {
      this.others -= 1;
      if (this.others === 0) this.#cancelDeadline();
      this.#changed();
    };
    work.then(over, over);
  }
}
