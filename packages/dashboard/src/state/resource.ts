import { type ReadonlySignal, signal } from "@preact/signals";
import { whenConnected } from "./live.ts";

/** The state of a request. `data` stays while it is loaded again, so a page does not flicker. */
export interface Loaded<T> {
  readonly data: T | undefined;
  /** The error of the last request; `undefined` after a success. */
  readonly error: Error | undefined;
  readonly loading: boolean;
}

/** A value from the server that can be loaded again. */
export interface Resource<T> {
  readonly state: ReadonlySignal<Loaded<T>>;
  /** Loads the value. A call during a request starts one more request after it, so a change is never missed. */
  reload(): Promise<void>;
  /** Aborts the request and ignores later calls. */
  close(): void;
}

/**
 * Creates a resource, which loads its value immediately.
 *
 * @param load - reads the value; its errors become the state's `error`
 */
export function createResource<T>(load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const state = signal<Loaded<T>>({ data: undefined, error: undefined, loading: true });
  const controller = new AbortController();
  let running: Promise<void> | undefined;
  let again = false;

  const run = async (): Promise<void> => {
    await whenConnected();
    do {
      again = false;
      state.value = { ...state.peek(), loading: true };
      const next = await load(controller.signal).then(
        (data): Loaded<T> => ({ data, error: undefined, loading: false }),
        (error): Loaded<T> => ({ ...state.peek(), error: error as Error, loading: false }),
      );
      if (controller.signal.aborted) return;
      state.value = next;
    } while (again);
  };

  const reload = async (): Promise<void> => {
    if (controller.signal.aborted) return;
    again = running !== undefined;
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  };

  void reload();
  return { state, reload, close: () => controller.abort() };
}
