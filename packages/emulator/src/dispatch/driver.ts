import { errorMessage } from "cloudtask/internal";
import type { Clock } from "../clock/clock.ts";
import { saveClockOffset } from "../clock/clock-offset.ts";
import { dispatchDue } from "../engine/dispatch-due.ts";
import type { Attempt, EngineState } from "../engine/engine-state.ts";
import { type AttemptOutcome, type AttemptResult, expireAttempts, finishAttempt } from "../engine/finish-attempt.ts";
import { isIdle, nextEventAt } from "../engine/next-event.ts";
import { nextSweepAt, sweepPurges } from "../engine/sweep-purges.ts";
import type { EventHub } from "../event-hub.ts";
import { describeAttempt, finishedAttempt } from "../history/finished-attempt.ts";
import type { History } from "../history/history.ts";
import type { SecretNames } from "../history/masking/secret-names.ts";
import { RecordedExchange } from "../history/recorded-exchange.ts";
import type { Stats } from "../history/stats/stats.ts";
import { RunningAttempt, type Send } from "./running-attempt.ts";
import { RunningAttempts } from "./running-attempts.ts";

/** The parts of an emulator that a driver connects. */
export interface DriverOptions {
  readonly engine: EngineState;
  readonly clock: Clock;
  readonly events: EventHub;
  readonly history: Pick<History, "nextId" | "add">;
  readonly stats: Pick<Stats, "started" | "finished">;
  /** Bytes of each request and response body to keep for the history. */
  readonly bodyBytes: number;
  /** The names that mark a secret in the history. */
  readonly secretNames: SecretNames;
  readonly send: Send;
}

/**
 * Maximum attempts to start per turn of the event loop. If thousands are due at once, starting all of them would open a
 * connection for each before the first answer is read. Between batches answers arrive and their connections are reused, which
 * doubles the deliveries per second and halves the memory.
 */
const MAX_STARTS_PER_TURN = 32;

const requestMissing: AttemptResult = { kind: "unreachable", reason: "the store has no request for the task" };

/**
 * Connects the engine to the outside: sends the requests of the attempts that the engine starts, reports their results to it,
 * and wakes it with one timer when its next event is due.
 */
export class Driver {
  readonly #options: DriverOptions;
  readonly #running = new RunningAttempts();
  /** Finished attempts with background work that still runs. */
  readonly #lingering = new Map<Attempt, RunningAttempt>();
  readonly #waiters = new Set<() => void>();
  #cancelTimer: () => void = () => {};
  #timerAt = Number.POSITIVE_INFINITY;
  #nextRun: NodeJS.Immediate | undefined;
  #isRunning = false;
  #closed = false;

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  /**
   * Must be called after a change of the engine by a call, before the call is answered: encoding the answer would delay the delivery
   * of a task that is due at once.
   */
  changed(): void {
    if (this.#nextRun) return;
    // A listener of an event can cause a change during a run.
    if (this.#isRunning) this.#runLater();
    else this.run();
  }

  /** Sends the request of an attempt that the engine has started. */
  start(attempt: Attempt): void {
    if (this.#closed) return;
    const { clock, events, stats, bodyBytes, secretNames } = this.#options;
    const exchange = new RecordedExchange(bodyBytes, secretNames, attempt.taskBefore);
    const running = new RunningAttempt(attempt, clock, exchange, () => this.#onBackgroundWorkEnd(attempt));
    this.#running.add(running);
    stats.started(attempt.taskBefore, attempt.dispatchedAt);
    if (events.has("attempt")) {
      events.emit("attempt", { phase: "started", ...describeAttempt(attempt), at: attempt.dispatchedAt });
    }
    void this.#send(attempt, running).then((result) => this.#onResult(running, result));
  }

  /** Ends the attempts that have timed out, starts those that are due, and sets the timer for the next event. */
  run(): void {
    clearImmediate(this.#nextRun);
    this.#nextRun = undefined;
    if (this.#closed) return;
    this.#isRunning = true;
    const { engine } = this.#options;
    for (const { attempt, outcome } of expireAttempts(engine)) {
      const running = this.#running.find(attempt);
      if (!running) continue;
      this.#report({ attempt, running, outcome, result: { kind: "timed out" } });
      this.#abort(running);
    }
    const started = dispatchDue(engine, MAX_STARTS_PER_TURN);
    for (const attempt of started) this.start(attempt);
    this.#isRunning = false;
    const isUnfinished = sweepPurges(engine);
    if (started.length < MAX_STARTS_PER_TURN) this.#arm();
    else this.#runLater();
    if (isUnfinished) this.#runLater();
    for (const check of this.#waiters) check();
  }

  /**
   * Resolves when no attempt is in flight and no task is due.
   *
   * @param signal - ends the wait; the promise then resolves too
   */
  idle(signal?: AbortSignal): Promise<void> {
    return this.waitUntil(() => this.#lingering.size === 0 && isIdle(this.#options.engine), signal);
  }

  /**
   * Resolves when `condition` returns true. It is checked after every `run()`. Resolves at once if the driver is closed.
   *
   * @param signal - ends the wait; the promise then resolves too
   */
  waitUntil(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = (): void => {
        this.#waiters.delete(check);
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      const check = (): void => {
        if (this.#closed || condition()) stop();
      };
      this.#waiters.add(check);
      if (signal?.aborted) stop();
      else signal?.addEventListener("abort", stop);
      this.#runLater();
    });
  }

  /** Returns the attempts that have not ended, those that started first at the start. */
  running(): Attempt[] {
    const attempts = [...this.#running].map(({ attempt }) => attempt);
    return attempts.sort((a, b) => a.dispatchedAt - b.dispatchedAt);
  }

  /** Returns the attempts with network activity. Attempts that wait for the clock are not among them. */
  inFlight(): Attempt[] {
    const running = [...this.#running].flatMap(({ attempt, pausedUntil }) => {
      return pausedUntil === Number.POSITIVE_INFINITY ? [attempt] : [];
    });
    return [...running, ...this.#lingering.keys()];
  }

  /**
   * Returns when the next event of the engine is due, or when an attempt that waits for the clock continues.
   *
   * @returns milliseconds since the epoch, infinite if nothing is planned
   */
  nextEventAt(): number {
    let next = nextEventAt(this.#options.engine);
    for (const { pausedUntil } of this.#running) next = Math.min(next, pausedUntil);
    return next;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Advances the clock and stores its offset. */
  advanceTo(to: number): void {
    const { clock, engine } = this.#options;
    clock.turnTo(to);
    if (!this.#closed) saveClockOffset(engine, clock);
  }

  /** Resolves when all changes made so far are stored. */
  async flushed(): Promise<void> {
    if (!this.#closed) await this.#options.engine.store.flushed();
  }

  /** Aborts every request without reporting a result to the engine. */
  abort(): void {
    for (const running of this.#running) this.#abort(running);
    for (const running of this.#lingering.values()) running.abort();
  }

  /** Stops permanently. */
  close(): void {
    this.#closed = true;
    clearImmediate(this.#nextRun);
    this.#cancelTimer();
    this.abort();
    for (const check of this.#waiters) check();
    this.#options.events.end();
  }

  async #send(attempt: Attempt, running: RunningAttempt): Promise<AttemptResult> {
    const { engine, send } = this.#options;
    try {
      const request = engine.store.requestOf(attempt.taskBefore);
      return request ? await send(attempt, request, running) : requestMissing;
    } catch (error) {
      return { kind: "unreachable", reason: errorMessage(error) };
    }
  }

  #onResult(running: RunningAttempt, result: AttemptResult): void {
    const { attempt } = running;
    if (!this.#running.remove(running)) return;
    if (running.backgroundWork > 0) {
      this.#lingering.set(attempt, running);
      running.abortAt(attempt.deadlineAt);
    }
    this.#report({ attempt, running, result, outcome: finishAttempt(this.#options.engine, attempt, result) });
    this.#runLater();
  }

  #onBackgroundWorkEnd(attempt: Attempt): void {
    if (this.#lingering.get(attempt)?.backgroundWork !== 0) return;
    this.#lingering.delete(attempt);
    this.#runLater();
  }

  /** Calls `run()` once for all results of this turn of the event loop. */
  #runLater(): void {
    this.#nextRun ??= setImmediate(() => this.run());
  }

  #abort(running: RunningAttempt): void {
    this.#running.remove(running);
    running.abort();
  }

  #arm(): void {
    const { clock, engine } = this.#options;
    const at = Math.min(nextEventAt(engine), nextSweepAt(engine));
    if (at === this.#timerAt) return;
    this.#cancelTimer();
    this.#timerAt = at;
    this.#cancelTimer = at === Number.POSITIVE_INFINITY ? () => {} : clock.wakeAt(at, () => this.#onTimer());
  }

  #onTimer(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.run();
  }

  #report({ attempt, running: { exchange }, outcome, result }: EndedAttempt): void {
    const { clock, events, history, stats } = this.#options;
    const packed = exchange.end();
    const finished = finishedAttempt({ id: history.nextId(), attempt, outcome, result, exchange, now: clock.now() });
    history.add(finished, packed);
    stats.finished(finished);
    events.emit("attempt", finished);
  }
}

interface EndedAttempt {
  readonly attempt: Attempt;
  readonly running: RunningAttempt;
  readonly outcome: AttemptOutcome;
  readonly result: AttemptResult;
}
