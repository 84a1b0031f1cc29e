/** The parts of an `AbortSignal` that this library uses. */
export interface AbortSource {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/**
 * An abort inside the library. An `AbortController` with its signal would take a tenth of the CPU of a push. `toAbortSignal()` turns it
 * into a signal for other code.
 */
export class Abort implements AbortSource {
  aborted = false;
  reason: unknown;
  readonly #listeners: (() => void)[] = [];

  /**
   * Only the first call has an effect.
   *
   * @param reason - by default an AbortError, as of an `AbortController`
   */
  abort(reason: unknown = new DOMException("This operation was aborted", "AbortError")): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of [...this.#listeners]) listener();
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  addEventListener(_: "abort", listener: () => void): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_: "abort", listener: () => void): void {
    const index = this.#listeners.indexOf(listener);
    if (index >= 0) this.#listeners.splice(index, 1);
  }
}
