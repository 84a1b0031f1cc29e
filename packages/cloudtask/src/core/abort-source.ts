/** The parts of an `AbortSignal` that code of this library uses. */
export interface AbortSource {
  readonly aborted: boolean;
  readonly reason: unknown;
  readonly addEventListener: (type: "abort", listener: () => void) => void;
  readonly removeEventListener: (type: "abort", listener: () => void) => void;
}

/**
 * An abort inside the library. On Node, an `AbortController` costs several microseconds and much garbage collection, which is more
 * than a delivery that nobody aborts should pay. `abortSignalOf()` turns it into a signal for other code.
 */
export class Abort implements AbortSource {
  aborted = false;
  reason: unknown;
  readonly #listeners = new Set<() => void>();

  /** Only the first call has an effect. */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of [...this.#listeners]) listener();
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  addEventListener(_: "abort", listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_: "abort", listener: () => void): void {
    this.#listeners.delete(listener);
  }
}

/** Returns the source itself if it is an `AbortSignal`, and otherwise a signal that aborts with it. */
export function abortSignalOf(source: AbortSource): AbortSignal {
  if (source instanceof AbortSignal) return source;
  const controller = new AbortController();
  if (source.aborted) controller.abort(source.reason);
  else source.addEventListener("abort", () => controller.abort(source.reason));
  return controller.signal;
}
