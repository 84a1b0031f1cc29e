import type { AbortSource } from "./abort-source.ts";

const listenersBySignal = new WeakMap<AbortSource, Set<() => void>>();

/**
 * Listens for the abort of a signal that many calls share. The signal itself gets only one listener, because Node warns of
 * a leak at the eleventh, and `pushMany` has 32 calls in progress.
 *
 * @param signal - a signal that is not aborted yet
 * @param listener - called once, at the abort
 * @returns a function that removes the listener
 */
export function onAbort(signal: AbortSource, listener: () => void): () => void {
  const listeners = listenersBySignal.get(signal) ?? listenTo(signal);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/**
 * Aborts a controller when a signal is aborted, with the same reason. `AbortSignal.any` does that too, but each call leaks memory
 * on a long-lived signal.
 *
 * @returns a function that stops forwarding
 */
export function forwardAbort(
  signal: AbortSource | undefined,
  controller: { readonly abort: (reason?: unknown) => void },
): () => void {
  const abort = (): void => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  return signal === undefined || signal.aborted ? () => undefined : onAbort(signal, abort);
}

/**
 * Returns an `AbortSignal` that is aborted when a source is aborted, with the same reason.
 *
 * @returns the signal, and a function that stops forwarding
 */
export function toAbortSignal(source: AbortSource): readonly [AbortSignal, () => void] {
  if (source instanceof AbortSignal) return [source, () => undefined];
  const controller = new AbortController();
  return [controller.signal, forwardAbort(source, controller)];
}

/**
 * Rejects with the signal's reason if the signal is aborted before a promise settles.
 *
 * @param promise - the result of work that ignores the signal
 * @param signal - a signal that is not aborted yet
 */
export function rejectOnAbort<T>(promise: Promise<T>, signal: AbortSource): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopListening = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(stopListening);
  });
}

function listenTo(signal: AbortSource): Set<() => void> {
  const listeners = new Set<() => void>();
  listenersBySignal.set(signal, listeners);
  function notifyAll(): void {
    for (const listener of [...listeners]) listener();
  }
  signal.addEventListener("abort", notifyAll);
  return listeners;
}
