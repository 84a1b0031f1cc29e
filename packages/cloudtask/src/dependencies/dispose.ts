/**
 * Disposes a value that has `Symbol.asyncDispose` or `Symbol.dispose`, and ignores other values.
 *
 * @throws the error of the dispose method
 */
export async function dispose(value: unknown): Promise<void> {
  const method = methodOf(value, Symbol.asyncDispose) ?? methodOf(value, Symbol.dispose);
  await method?.call(value);
}

/** Checks with `in` before it reads: some proxies, such as the cradle of a container, throw for unknown properties. */
export function methodOf(value: unknown, name: string | symbol): ((this: unknown) => unknown) | undefined {
  const target = typeof value === "object" || typeof value === "function" ? value : null;
  if (target === null || !(name in target)) return undefined;
  const method: unknown = Reflect.get(target, name);
  return typeof method === "function" ? (method as (this: unknown) => unknown) : undefined;
}
