import type { EmulatorEvents } from "./emulator-events.ts";

/** Calls the listeners of an event synchronously, in the order they were added. */
export class EventHub {
  readonly #listeners = new Map<keyof EmulatorEvents, Set<(event: never) => void>>();
  readonly #atEnd = new Set<() => void>();

  /** @returns a function that removes the listener */
  on<K extends keyof EmulatorEvents>(name: K, listener: (event: EmulatorEvents[K]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Whether the event has a listener. Callers skip events that are expensive to build if it has none. */
  has(name: keyof EmulatorEvents): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }

  emit<K extends keyof EmulatorEvents>(name: K, event: EmulatorEvents[K]): void {
    const listeners = this.#listeners.get(name);
    if (!listeners) return;
    for (const listener of listeners) {
      try {
        (listener as (event: EmulatorEvents[K]) => void)(event);
      } catch (error) {
        throwLater(error);
      }
    }
  }

  /**
   * @param listener - called once, by `end()`
   * @returns a function that removes the listener
   */
  atEnd(listener: () => void): () => void {
    this.#atEnd.add(listener);
    return () => this.#atEnd.delete(listener);
  }

  /** Notifies the listeners of `atEnd()`: no event follows. */
  end(): void {
    const listeners = [...this.#atEnd];
    this.#atEnd.clear();
    for (const listener of listeners) {
      try {
        listener();
      } catch (error) {
        throwLater(error);
      }
    }
  }
}

/** An error of a listener must neither stop the engine nor be swallowed: it becomes an uncaught exception. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
