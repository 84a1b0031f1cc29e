import { errorMessage } from "cloudtask/internal";
import type { Clock } from "../clock/clock.ts";
import { saveClockOffset } from "../clock/clock-offset.ts";
import { dispatchDue } from "../engine/dispatch-due.ts";
import type { Attempt, EngineState } from "../engine/engine-state.ts";
import { type AttemptOutcome, type AttemptResult, expireAttempts, finishAttempt } from "../engine/finish-attempt.ts";
import { isIdle, nextEventAt } from "../engine/next-event.ts";
import type { EventHub } from "../event-hub.ts";
import { describeAttempt, finishedAttempt } from "../history/finished-attempt.ts";
import type { History } from "../history/history.ts";
import { RunningAttempt, type Send } from "./running-attempt.ts";

/** What a driver puts together. */
export interface DriverOptions {
  readonly engine: EngineState;
  readonly clock: Clock;
  readonly events: EventHub;
  readonly history: Pick<History, "nextId" | "add">;
  /** How many bytes of the bodies of requests and answers to keep. */
  readonly bodyBytes: number;
  readonly send: Send;
}

/**
 * When thousands are due at once, starting them all would open a connection for each before the first answer is read; between
 * slices answers come in, and their connections are used again: twice as many deliveries a second, at half the memory.
 */
const STARTED_AT_ONCE = 32;

const lost: AttemptResult = { kind: "unreachable", reason: "the store has lost the request of the task" };

/**
 * The engine's hands: carries out the attempts that it starts, tells it how they ended, and wakes it with one timer, at the
 * next moment at which it has something to do.
 */
export class Driver {
  readonly #options: DriverOptions;
  readonly #running = new Map<Attempt, RunningAttempt>();
  /** Attempts that are over, and still have something beside them. */
  readonly #lingering = new Map<Attempt, RunningAttempt>();
  readonly #waiters = new Set<() => void>();
  #cancelTimer: () => void = () => {};
  #timerAt = Number.POSITIVE_INFINITY;
  #soon: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  /** To be called after a change: looks at what is due, once for all changes of this turn of the event loop. */
  changed(): void {
    this.#soon ??= setImmediate(() => this.run());
  }

  /** Carries out an attempt that the engine has started. */
  start(attempt: Attempt): void {
    if (this.#closed) return;
    const { clock, events, bodyBytes } = this.#options;
    const running = new RunningAttempt(clock, bodyBytes, () => this.#otherOver(attempt));
    this.#running.set(attempt, running);
    if (events.has("attempt")) {
      events.emit("attempt", { phase: "started", ...describeAttempt(attempt), at: attempt.dispatchedAt });
    }
    void this.#send(attempt, running).then((result) => this.#finished(attempt, result));
  }

  /** Ends what has timed out, starts what is due, and sees to it that this happens again in time. */
  run(): void {
    clearImmediate(this.#soon);
    this.#soon = undefined;
    if (this.#closed) return;
    const { engine } = this.#options;
    for (const { attempt, outcome } of expireAttempts(engine)) {
      const running = this.#running.get(attempt);
      if (running) this.#report({ attempt, running, outcome, result: { kind: "timed out" } });
      this.#giveUp(attempt);
    }
    const started = dispatchDue(engine, STARTED_AT_ONCE);
    for (const attempt of started) this.start(attempt);
    if (started.length < STARTED_AT_ONCE) this.#arm();
    else this.changed();
    for (const check of this.#waiters) check();
  }

  /**
   * Resolves when no attempt is in flight and no task is due.
   *
   * @param signal - stops waiting, which resolves too
   */
  idle(signal?: AbortSignal): Promise<void> {
    return this.until(() => this.#lingering.size === 0 && isIdle(this.#options.engine), signal);
  }

  /**
   * Resolves when `holds` does, which is looked at after every step of the engine; at once when there are no more steps.
   *
   * @param signal - stops waiting, which resolves too
   */
  until(holds: () => boolean, signal?: AbortSignal): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = (): void => {
        this.#waiters.delete(check);
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      const check = (): void => {
        if (this.#closed || holds()) stop();
      };
      this.#waiters.add(check);
      if (signal?.aborted) stop();
      else signal?.addEventListener("abort", stop);
      this.changed();
    });
  }

  /** The attempts that are not over. */
  running(): Attempt[] {
    return [...this.#running.keys()];
  }

  /** The attempts of which something is under way, rather than waiting for the clock. */
  inFlight(): Attempt[] {
    const running = [...this.#running].flatMap(([attempt, { pausedUntil }]) => {
      return pausedUntil === Number.POSITIVE_INFINITY ? [attempt] : [];
    });
    return [...running, ...this.#lingering.keys()];
  }

  /**
   * When there is something to do next: for the engine, or for an attempt that waits for the clock.
   *
   * @returns milliseconds since the epoch, infinite where nothing is planned
   */
  nextEventAt(): number {
    let next = nextEventAt(this.#options.engine);
    for (const { pausedUntil } of this.#running.values()) next = Math.min(next, pausedUntil);
    return next;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Turns the clock ahead, and keeps how far. */
  turnTo(to: number): void {
    const { clock, engine } = this.#options;
    clock.turnTo(to);
    if (!this.#closed) saveClockOffset(engine, clock);
  }

  /** Resolves when what was written so far is kept. */
  async kept(): Promise<void> {
    if (!this.#closed) await this.#options.engine.store.flushed();
  }

  /** Gives up every request; the engine is not told. */
  abort(): void {
    for (const attempt of this.#running.keys()) this.#giveUp(attempt);
    for (const running of this.#lingering.values()) running.giveUp();
  }

  /** Stops for good. */
  close(): void {
    this.#closed = true;
    clearImmediate(this.#soon);
    this.#cancelTimer();
    this.abort();
    for (const check of this.#waiters) check();
    this.#options.events.end();
  }

  async #send(attempt: Attempt, running: RunningAttempt): Promise<AttemptResult> {
    const { engine, send } = this.#options;
    try {
      const request = engine.store.requestOf(attempt.taskBefore);
      return request ? await send(attempt, request, running) : lost;
    } catch (error) {
      return { kind: "unreachable", reason: errorMessage(error) };
    }
  }

  #finished(attempt: Attempt, result: AttemptResult): void {
    const running = this.#running.get(attempt);
    if (!running) return;
    this.#running.delete(attempt);
    if (running.others > 0) {
      this.#lingering.set(attempt, running);
      running.giveUpAt(attempt.deadlineAt);
    }
    this.#report({ attempt, running, result, outcome: finishAttempt(this.#options.engine, attempt, result) });
    this.changed();
  }

  #otherOver(attempt: Attempt): void {
    if (this.#lingering.get(attempt)?.others !== 0) return;
    this.#lingering.delete(attempt);
    this.changed();
  }

  #giveUp(attempt: Attempt): void {
    const running = this.#running.get(attempt);
    this.#running.delete(attempt);
    running?.giveUp();
  }

  #arm(): void {
    const { clock, engine } = this.#options;
    const at = nextEventAt(engine);
    if (at === this.#timerAt) return;
    this.#cancelTimer();
    this.#timerAt = at;
    this.#cancelTimer = at === Number.POSITIVE_INFINITY ? () => {} : clock.wakeAt(at, () => this.#woken());
  }

  #woken(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.run();
  }

  #report({ attempt, running: { exchange }, outcome, result }: Over): void {
    const { clock, events, history } = this.#options;
    const bytes = exchange.end();
    const finished = finishedAttempt({ id: history.nextId(), attempt, outcome, result, exchange, now: clock.now() });
    history.add(finished, bytes);
    events.emit("attempt", finished);
  }
}

/** An attempt that is over. */
interface Over {
  readonly attempt: Attempt;
  readonly running: RunningAttempt;
  readonly outcome: AttemptOutcome;
  readonly result: AttemptResult;
}
