import type { Clock } from "../clock/clock.ts";
import { dispatchDue } from "../engine/dispatch-due.ts";
import { type Attempt, type EngineState, taskName } from "../engine/engine-state.ts";
import { type AttemptOutcome, type AttemptResult, expireAttempts, finishAttempt } from "../engine/finish-attempt.ts";
import type { TaskRequest } from "../engine/records.ts";
import { isIdle, nextEventAt } from "../engine/wake.ts";
import type { EventHub } from "../events.ts";

/** What a driver puts together. */
export interface DriverOptions {
  readonly engine: EngineState;
  readonly clock: Clock;
  readonly events: EventHub;
  readonly send: (attempt: Attempt, request: TaskRequest, signal: AbortSignal) => Promise<AttemptResult>;
}

const lost: AttemptResult = { kind: "unreachable", reason: "the store has lost the request of the task" };

/**
 * The engine's hands: carries out the attempts that it starts, tells it how they ended, and wakes it with one timer, at the
 * next moment at which it has something to do.
 */
export class Driver {
  readonly #options: DriverOptions;
  readonly #requests = new Map<Attempt, AbortController>();
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
    const { engine, events, send } = this.#options;
    const controller = new AbortController();
    this.#requests.set(attempt, controller);
    events.emit("attempt", { phase: "started", ...describe(attempt), at: attempt.dispatchedAt });
    const request = engine.store.requestOf(attempt.before);
    const sent = request ? send(attempt, request, controller.signal) : Promise.resolve(lost);
    void sent.then((result) => this.#finished(attempt, result));
  }

  /** Ends what has timed out, starts what is due, and sees to it that this happens again in time. */
  run(): void {
    clearImmediate(this.#soon);
    this.#soon = undefined;
    if (this.#closed) return;
    const { engine } = this.#options;
    for (const { attempt, outcome } of expireAttempts(engine)) {
      this.#report(attempt, outcome, { kind: "timed out" });
      this.#giveUp(attempt);
    }
    for (const attempt of dispatchDue(engine)) this.start(attempt);
    this.#arm();
    for (const check of this.#waiters) check();
  }

  /** Resolves when no attempt is in flight and no task is due. */
  idle(): Promise<void> {
    return this.until(() => isIdle(this.#options.engine));
  }

  /** Resolves when `holds` does, which is looked at after every step of the engine; at once when there are no more steps. */
  until(holds: () => boolean): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const check = (): void => {
        if (!(this.#closed || holds())) return;
        this.#waiters.delete(check);
        resolve();
      };
      this.#waiters.add(check);
      this.changed();
    });
  }

  /** The attempts whose requests are under way. */
  inFlight(): Attempt[] {
    return [...this.#requests.keys()];
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Gives up every request; the engine is not told. */
  abort(): void {
    for (const attempt of this.#requests.keys()) this.#giveUp(attempt);
  }

  /** Stops for good. */
  close(): void {
    this.#closed = true;
    clearImmediate(this.#soon);
    this.#cancelTimer();
    this.abort();
    for (const check of this.#waiters) check();
  }

  #finished(attempt: Attempt, result: AttemptResult): void {
    if (!this.#requests.delete(attempt)) return;
    this.#report(attempt, finishAttempt(this.#options.engine, attempt, result), result);
    this.run();
  }

  #giveUp(attempt: Attempt): void {
    const controller = this.#requests.get(attempt);
    this.#requests.delete(attempt);
    controller?.abort();
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

  #report(attempt: Attempt, outcome: AttemptOutcome, result: AttemptResult): void {
    const now = this.#options.clock.now();
    this.#options.events.emit("attempt", {
      phase: "finished",
      ...describe(attempt),
      at: now,
      durationMs: now - attempt.dispatchedAt,
      outcome,
      status: result.kind === "answered" ? result.status : undefined,
      error: errorOf(result),
      retryAt: outcome === "retrying" ? attempt.task.record.scheduledAt : undefined,
    });
  }
}

function describe({ before }: Attempt): { task: string; queue: string; attempt: number } {
  return { task: taskName(before.queue, before.id), queue: before.queue, attempt: before.dispatchCount + 1 };
}

function errorOf(result: AttemptResult): string | undefined {
  if (result.kind === "answered") return undefined;
  return result.kind === "timed out" ? "deadline exceeded" : result.reason;
}
