/** What became of a step. */
export type Settled = { readonly value: unknown } | { readonly error: unknown };

/**
 * @param step - may throw
 * @returns what it returned or threw
 */
export async function settle(step: () => unknown): Promise<Settled> {
  try {
    return { value: await step() };
  } catch (error) {
    return { error };
  }
}

/**
 * @param settled - what became of a step
 * @returns what it returned
 * @throws what it threw
 */
export function unwrap(settled: Settled): unknown {
  if ("error" in settled) throw settled.error;
  return settled.value;
}
