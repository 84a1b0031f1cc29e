import { durationText } from "../core/duration.ts";
import { DeadlineExceededError } from "../core/errors/deadline-exceeded-error.ts";

/** At most this long before the dispatch deadline the signal aborts, so that teardown and the answer fit. */
const MAX_MARGIN_MS = 5_000;
const MIN_MARGIN_MS = 1_000;

/** Of the margin, what the handler has to unwind and tear down, and what the hooks have; the rest is the answer's way. */
const UNWIND_SHARE = 0.5;
const HOOKS_SHARE = 0.3;

/**
 * The time a delivery has. Its signal aborts shortly before the dispatch deadline: a twentieth of it, 1 s at least and 5 s at
 * most. Half of what then remains is for the handler to unwind, the better part of the rest for the hooks, after which the
 * delivery is answered without them: an answer that comes at the deadline comes too late.
 */
export class DeliveryTimer {
  /** When Cloud Tasks stops waiting. */
  readonly deadline: Date;
  /** Resolves once the answer can wait no longer for the handler. */
  readonly overdue: Promise<void>;
  /** Resolves once it can wait no longer for the hooks either. */
  readonly final: Promise<void>;
  readonly #controller = new AbortController();
  readonly #marginMs: number;
  readonly #unlink: (() => void)[] = [];
  #markOverdue: () => void = () => undefined;
  #markFinal: () => void = () => undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param time - how long Cloud Tasks waits, in milliseconds, and since when, in milliseconds since the epoch
   * @param linked - signals whose abort is this one's too
   */
  constructor(
    { dispatchDeadlineMs, arrivedMs }: { readonly dispatchDeadlineMs: number; readonly arrivedMs: number },
    linked: readonly AbortSignal[],
  ) {
    const marginMs = Math.min(MAX_MARGIN_MS, Math.max(MIN_MARGIN_MS, dispatchDeadlineMs / 20), dispatchDeadlineMs / 2);
    this.deadline = new Date(arrivedMs + dispatchDeadlineMs);
    this.#marginMs = marginMs;
    this.overdue = new Promise((resolve) => {
      this.#markOverdue = resolve;
    });
    this.final = new Promise((resolve) => {
      this.#markFinal = resolve;
    });
    const passedMs = Math.max(0, Date.now() - arrivedMs);
    const leftMs = Math.max(0, dispatchDeadlineMs - marginMs - passedMs);
    this.#timer = setTimeout(() => this.#abort(this.#expired(dispatchDeadlineMs)), leftMs);
    for (const signal of linked) this.#link(signal);
  }

  /** Aborts when the time is nearly up, or with a linked signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops the clock: the delivery has been answered. */
  clear(): void {
    clearTimeout(this.#timer);
    for (const unlink of this.#unlink) unlink();
  }

  #link(signal: AbortSignal): void {
    const abort = (): void => this.#abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    this.#unlink.push(() => signal.removeEventListener("abort", abort));
  }

  #abort(reason: unknown): void {
    if (this.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#markOverdue();
      this.#timer = setTimeout(this.#markFinal, this.#marginMs * HOOKS_SHARE);
    }, this.#marginMs * UNWIND_SHARE);
    this.#controller.abort(reason);
  }

  #expired(dispatchDeadlineMs: number): DeadlineExceededError {
    return new DeadlineExceededError(
      `the handler did not finish in time: its dispatch deadline is ${durationText(dispatchDeadlineMs)}; ` +
        "raise `dispatchDeadline` (at most 30m), or split the work into smaller tasks",
      this.deadline,
    );
  }
}
