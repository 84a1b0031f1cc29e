/** Reads an async iterable to its end. `Array.fromAsync()` requires Node 22. */
export async function collect<T>(iterable: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}
