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
  /** Aborts when the worker can no longer wait for the handler. */
  readonly overdue: Abort = new Abort();
  /** Aborts when the worker can no longer wait for the hooks either. */
  readonly final: Abort = new Abort();
  /** Aborts shortly before the deadline, or with a linked signal. */
  readonly abort: Abort = new Abort();
  #signal: AbortSignal | undefined;
  readonly #dispatchDeadlineMs: number;
  readonly #marginMs: number;
  readonly #linked: readonly AbortSource[];
  readonly #onLinked = (): void => this.#abort(this.#linked.find(({ aborted }) => aborted)?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param time - the dispatch deadline in milliseconds, and the arrival in milliseconds since the epoch
   * @param linked - signals that abort this one too
   */
  constructor(
    { dispatchDeadlineMs, arrivedMs }: { readonly dispatchDeadlineMs: number; readonly arrivedMs: number },
    linked: readonly AbortSource[],
  ) {
    this.deadline = new Date(arrivedMs + dispatchDeadlineMs);
    this.#dispatchDeadlineMs = dispatchDeadlineMs;
    this.#marginMs = Math.min(MAX_MARGIN_MS, Math.max(MIN_MARGIN_MS, dispatchDeadlineMs / 20), dispatchDeadlineMs / 2);
    this.#linked = linked;
    const elapsedMs = Math.max(0, Date.now() - arrivedMs);
    const remainingMs = Math.max(0, dispatchDeadlineMs - this.#marginMs - elapsedMs);
    this.#timer = setTimeout(() => this.#abort(this.#expired()), remainingMs);
    for (const signal of linked) {
      if (signal.aborted) this.#abort(signal.reason);
      signal.addEventListener("abort", this.#onLinked);
    }
  }

  /** The same as a signal, created when it is first read. */
  get signal(): AbortSignal {
    this.#signal ??= toAbortSignal(this.abort)[0];
    return this.#signal;
  }

  /**
   * Aborts everything if the deadline has passed. While a handler blocks the event loop, no timer runs, so its work would be
   * committed although Cloud Tasks repeats the task.
   */
  abortIfPast(): void {
    if (Date.now() < this.deadline.getTime()) return;
    this.#abort(this.#expired());
    this.overdue.abort(this.abort.reason);
  }

  /** Stops the timer after the delivery was answered. */
  clear(): void {
    clearTimeout(this.#timer);
    for (const signal of this.#linked) signal.removeEventListener("abort", this.#onLinked);
  }

  #abort(reason: unknown): void {
    if (this.abort.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.overdue.abort(reason);
      this.#timer = setTimeout(() => this.final.abort(reason), this.#marginMs * HOOKS_SHARE);
    }, this.#marginMs * UNWIND_SHARE);
    this.abort.abort(reason);
  }

  #expired(): DeadlineExceededError {
    return new DeadlineExceededError(
      `the handler did not finish within its dispatch deadline of ${durationText(this.#dispatchDeadlineMs)}; ` +
        "raise `dispatchDeadline` (at most 30m), or split the work into smaller tasks",
      this.deadline,
    );
  }
}
