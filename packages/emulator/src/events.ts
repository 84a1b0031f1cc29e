import type { AttemptOutcome } from "./engine/finish-attempt.ts";

interface AttemptEventBase {
  /** The full name of the task. */
  readonly task: string;
  /** The full name of its queue. */
  readonly queue: string;
  /** Which attempt of the task this is, from 1. */
  readonly attempt: number;
  /** When it happened by the emulator's clock, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * A request to a target is on its way.
 *
 * @example
 * emulator.on("attempt", (event) => event.phase === "started" && running.add(event.task));
 */
export interface AttemptStarted extends AttemptEventBase {
  readonly phase: "started";
}

/**
 * The request was answered, or given up.
 *
 * @example
 * emulator.on("attempt", (event) => event.phase === "finished" && statuses.push(event.status));
 */
export interface AttemptFinished extends AttemptEventBase {
  readonly phase: "finished";
  /** The HTTP status of the answer; undefined where none came. */
  readonly status: number | undefined;
  /** How long it took by the emulator's clock, in milliseconds. */
  readonly durationMs: number;
  /** What became of the task: `ignored` where it was deleted in the meantime. */
  readonly outcome: AttemptOutcome;
  /** Why no answer came: `"deadline exceeded"`, or what the socket said. */
  readonly error: string | undefined;
  /** When the task is tried again, in milliseconds since the epoch, where it is. */
  readonly retryAt: number | undefined;
}

/**
 * What an emulator tells its listeners, by the name of the event.
 *
 * @example
 * const log = (event: EmulatorEvents["attempt"]) => events.push(`${event.phase} ${event.task}, attempt ${event.attempt}`);
 * emulator.on("attempt", log);
 */
export interface EmulatorEvents {
  /** An attempt has started or finished. */
  readonly attempt: AttemptStarted | AttemptFinished;
}

/** Calls listeners, one after the other, in the order in which they came. */
export class EventHub {
  readonly #listeners = new Map<keyof EmulatorEvents, Set<(event: never) => void>>();

  /** @returns stops listening */
  on<K extends keyof EmulatorEvents>(name: K, listener: (event: EmulatorEvents[K]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  emit<K extends keyof EmulatorEvents>(name: K, event: EmulatorEvents[K]): void {
    for (const listener of this.#listeners.get(name) ?? []) this.#call(listener, event);
  }

  /** A listener that throws must not stop the engine, nor go unnoticed: it ends up where any uncaught error does. */
  #call(listener: (event: never) => void, event: EmulatorEvents[keyof EmulatorEvents]): void {
    try {
      (listener as (event: unknown) => void)(event);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
