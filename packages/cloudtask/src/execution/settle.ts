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
