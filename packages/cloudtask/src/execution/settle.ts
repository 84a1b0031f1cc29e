import type { Abort } from "../core/abort-source.ts";

/** The result of a step, or its error. */
export type Settled = { readonly value: unknown } | { readonly error: unknown };

/** Runs a step and never rejects. */
export async function settle(step: () => unknown): Promise<Settled> {
  try {
    return { value: await step() };
  } catch (error) {
    return { error };
  }
}

/** Returns the result of a step, or throws its error. */
export function unwrap(settled: Settled): unknown {
  if ("error" in settled) throw settled.error;
  return settled.value;
}

/**
 * Waits for a step until `limit` aborts.
 *
 * @param onLate - called with the result of a step that settles after that
 * @returns the result of the step, or the reason of the abort
 */
export function settledBefore(
  limit: Abort,
  step: Promise<Settled>,
  onLate: (settled: Settled) => void,
): Promise<Settled> {
  return new Promise((resolve) => {
    const stopWaiting = (): void => {
      resolve({ error: limit.reason });
      void step.then(onLate);
    };
    void step.then((settled) => {
      limit.removeEventListener("abort", stopWaiting);
      resolve(settled);
    });
    if (limit.aborted) queueMicrotask(stopWaiting);
    else limit.addEventListener("abort", stopWaiting);
  });
}
