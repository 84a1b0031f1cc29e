import type { EmulatorEvents } from "./emulator-events.ts";

/** Calls listeners, one after the other, in the order in which they came. */
export class EventHub {
  readonly #listeners = new Map<keyof EmulatorEvents, Set<(event: never) => void>>();
  readonly #atEnd = new Set<() => void>();

  /** @returns stops listening */
  on<K extends keyof EmulatorEvents>(name: K, listener: (event: EmulatorEvents[K]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Whether anyone listens, so that events that are dear to make need not be made for nobody. */
  has(name: keyof EmulatorEvents): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }

  emit<K extends keyof EmulatorEvents>(name: K, event: EmulatorEvents[K]): void {
    for (const listener of this.#listeners.get(name) ?? [])
      this.#call(() => (listener as (event: unknown) => void)(event));
  }

  /**
   * @param listener - called once, when no event will come any more
   * @returns stops listening
   */
  atEnd(listener: () => void): () => void {
    this.#atEnd.add(listener);
    return () => this.#atEnd.delete(listener);
  }

  /** There will be no more events. */
  end(): void {
    const listeners = [...this.#atEnd];
    this.#atEnd.clear();
    for (const listener of listeners) this.#call(listener);
  }

  /** A listener that throws must not stop the engine, nor go unnoticed: it ends up where any uncaught error does. */
  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
