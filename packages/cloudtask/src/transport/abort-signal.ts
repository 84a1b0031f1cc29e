const fans = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Listens for the abort of a signal that many calls share. The signal itself gets one listener however many there are:
 * Node warns of a leak at the eleventh, and `pushMany` has 32 calls on their way.
 *
 * @param signal - the signal, not aborted yet
 * @param listener - called once when it is
 * @returns stops listening
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const listeners = fans.get(signal) ?? openFan(signal);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/**
 * Aborts a controller with a signal: what `AbortSignal.any` does, which however leaves something on a signal that lives
 * long for each one made from it.
 *
 * @param signal - the signal to follow; none is never aborted
 * @param controller - what follows it, with its reason
 * @returns stops following
 */
export function abortWith(signal: AbortSignal | undefined, controller: AbortController): () => void {
  const abort = (): void => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  return signal === undefined || signal.aborted ? () => undefined : onAbort(signal, abort);
}

/**
 * @param promise - of what does not know of the signal
 * @param signal - the signal, not aborted yet
 * @returns what it resolves to
 * @throws what it rejects with; the signal's reason, where that is aborted first
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const unlisten = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(unlisten);
  });
}

function openFan(signal: AbortSignal): Set<() => void> {
  const listeners = new Set<() => void>();
  fans.set(signal, listeners);
  function tellAll(): void {
    for (const listener of [...listeners]) listener();
  }
  signal.addEventListener("abort", tellAll, { once: true });
  return listeners;
}
