import { toAbortSignal } from "../core/abort-signal.ts";
import { Abort, type AbortSource } from "../core/abort-source.ts";
import { durationText } from "../core/duration.ts";
import { DeadlineExceededError } from "../core/errors/deadline-exceeded-error.ts";

/** The time between the abort and the dispatch deadline, for the teardown, the hooks and the answer. */
const MAX_MARGIN_MS = 5_000;
const MIN_MARGIN_MS = 1_000;

/** Shares of the margin: for the handler to stop and tear down, and for the hooks. The rest is for sending the answer. */
const UNWIND_SHARE = 0.5;
const HOOKS_SHARE = 0.3;

/**
 * The time limits of a delivery. Its signal aborts shortly before the dispatch deadline: by a twentieth of the deadline, at least
 * 1 s and at most 5 s. The handler then has half of that margin to stop and tear down, and the hooks have 30 %. After that the
 * worker answers without them, because an answer at the deadline arrives too late.
 */
export class DeliveryTimer {
  /** The time at which Cloud Tasks stops waiting for the answer. */
  readonly deadline: Date;
  /** Resolves when the worker can no longer wait for the handler. */
  readonly overdue: Promise<void>;
  /** Resolves when the worker can no longer wait for the hooks either. */
  readonly final: Promise<void>;
  /** Aborts shortly before the deadline, or with a linked signal. */
  readonly abort: Abort = new Abort();
  #signal: AbortSignal | undefined;
  readonly #marginMs: number;
  readonly #unlink: (() => void)[] = [];
  #markOverdue: () => void = () => undefined;
  #markFinal: () => void = () => undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param time - the dispatch deadline in milliseconds, and the arrival in milliseconds since the epoch
   * @param linked - signals that abort this one too
   */
  constructor(
    { dispatchDeadlineMs, arrivedMs }: { readonly dispatchDeadlineMs: number; readonly arrivedMs: number },
    linked: readonly AbortSource[],
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
    const elapsedMs = Math.max(0, Date.now() - arrivedMs);
    const remainingMs = Math.max(0, dispatchDeadlineMs - marginMs - elapsedMs);
    this.#timer = setTimeout(() => this.#abort(this.#expired(dispatchDeadlineMs)), remainingMs);
    for (const signal of linked) this.#link(signal);
  }

  /** The same as a signal, created when it is first read. */
  get signal(): AbortSignal {
    this.#signal ??= toAbortSignal(this.abort)[0];
    return this.#signal;
  }

  /** Stops the timer after the delivery was answered. */
  clear(): void {
    clearTimeout(this.#timer);
    for (const unlink of this.#unlink) unlink();
  }

  #link(signal: AbortSource): void {
    const abort = (): void => this.#abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    this.#unlink.push(() => signal.removeEventListener("abort", abort));
  }

  #abort(reason: unknown): void {
    if (this.abort.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#markOverdue();
      this.#timer = setTimeout(this.#markFinal, this.#marginMs * HOOKS_SHARE);
    }, this.#marginMs * UNWIND_SHARE);
    this.abort.abort(reason);
  }

  #expired(dispatchDeadlineMs: number): DeadlineExceededError {
    return new DeadlineExceededError(
      `the handler did not finish within its dispatch deadline of ${durationText(dispatchDeadlineMs)}; ` +
        "raise `dispatchDeadline` (at most 30m), or split the work into smaller tasks",
      this.deadline,
    );
  }
}
