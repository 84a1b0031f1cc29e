import type { Slices } from "./slices.ts";

/** A search in a sorted list that can be long, and can change between two slices. */
export interface SlicedSearch<T> {
  /** Returns the items after an item, or all. */
  readonly after: (last: T | undefined) => Iterable<T>;
  readonly matches: (item: T) => boolean;
  readonly limit: number;
  readonly slices: Slices;
}

/** The items that a search found. */
export interface SlicedPage<T> {
  readonly items: readonly T[];
  /** The last examined item, if more can follow. */
  readonly end: T | undefined;
  /** Whether the time ended before the page was full. */
  readonly isPartial: boolean;
  readonly examined: number;
}

/** Finds the next items of a list, in slices. */
export async function findInSlices<T>(search: SlicedSearch<T>): Promise<SlicedPage<T>> {
  const found: Progress<T> = { items: [], last: undefined, examined: 0 };
  while (!takeSlice(search, found)) {
    const { items, last: end, examined } = found;
    const isFull = items.length === search.limit;
    if (isFull || !(await search.slices.next())) return { items, end, isPartial: !isFull, examined };
  }
  return { items: found.items, end: undefined, isPartial: false, examined: found.examined };
}

interface Progress<T> {
  readonly items: T[];
  last: T | undefined;
  examined: number;
}

/** @returns whether the end of the list was reached */
function takeSlice<T>({ after, matches, limit, slices }: SlicedSearch<T>, found: Progress<T>): boolean {
  for (const item of after(found.last)) {
    if (found.items.length === limit || (found.examined > 0 && slices.isOver)) return false;
    found.examined += 1;
    found.last = item;
    if (matches(item)) found.items.push(item);
  }
  return true;
}
