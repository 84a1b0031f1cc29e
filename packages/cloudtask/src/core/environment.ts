/**
 * @param names - environment variables, the first that is set wins
 * @returns its value; `undefined` where none is set, or the runtime has no environment
 */
export function environment(...names: readonly string[]): string | undefined {
  const env = (globalThis as { readonly process?: { readonly env?: Record<string, string | undefined> } }).process?.env;
  for (const name of names) {
    const value = env?.[name]?.trim();
    if (value) return value;
  }
  return undefined;
}
