/** Returns the first of these environment variables that is set and not empty. */
export function environment(...names: readonly string[]): string | undefined {
  const env = (globalThis as { readonly process?: { readonly env?: Record<string, string | undefined> } }).process?.env;
  for (const name of names) {
    const value = env?.[name]?.trim();
    if (value) return value;
  }
  return undefined;
}
