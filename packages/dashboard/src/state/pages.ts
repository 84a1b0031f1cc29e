import { type ReadonlySignal, signal } from "@preact/signals";
import { whenConnected } from "./live.ts";
import { isCloud } from "./server.ts";

/**
 * A search examines rows for a limited time per request, so it can answer an empty page that is not the last one. Google Cloud limits
 * the number of list calls, so there the user decides whether to search further.
 */
const EMPTY_PAGES = 50;

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string | undefined;
}

/** The state of a list that is read page by page. */
interface PagesState<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | undefined;
  readonly error: Error | undefined;
  readonly loading: boolean;
  /** Whether the first page has arrived. */
  readonly isReady: boolean;
}

/** A list that is read page by page. Its rows stay in place until the user reloads it. */
export interface Pages<T> {
  readonly state: ReadonlySignal<PagesState<T>>;
  /** Reads the next page. Does nothing while one is read or after the last one. */
  more(): Promise<void>;
  /** Reads the list again from the start. The old rows stay until the first page arrives. */
  restart(): Promise<void>;
  /** Reads all loaded pages again, and then replaces the rows, so a list that is scrolled stays where it is. */
  refresh(): Promise<void>;
  close(): void;
}

/**
 * Creates a list and reads its first page.
 *
 * @param read - reads the page at a cursor
 */
export function createPages<T>(read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>): Pages<T> {
  const state = signal<PagesState<T>>({
    items: [],
    nextCursor: undefined,
    error: undefined,
    loading: false,
    isReady: false,
  });
  let controller = new AbortController();

  const load = async (cursor: string | undefined, count = 0): Promise<void> => {
    const { signal: aborted } = controller;
    state.value = { ...state.peek(), loading: true, error: undefined };
    try {
      await whenConnected();
      const { items, nextCursor } = await readUntil(read, cursor, count, aborted);
      if (aborted.aborted) return;
      const before = cursor === undefined ? [] : state.peek().items;
      state.value = { items: [...before, ...items], nextCursor, error: undefined, loading: false, isReady: true };
    } catch (error) {
      if (!aborted.aborted) state.value = { ...state.peek(), error: error as Error, loading: false };
    }
  };

  const reload = (count: number): Promise<void> => {
    controller.abort();
    controller = new AbortController();
    return load(undefined, count);
  };

  void load(undefined);
  return {
    state,
    more: async () => {
      const { loading, nextCursor } = state.peek();
      if (!loading && nextCursor !== undefined) await load(nextCursor);
    },
    restart: () => reload(0),
    refresh: () => reload(state.peek().items.length),
    close: () => controller.abort(),
  };
}

/** Reads pages until they have `count` items together, at least one if there is one. A long search ends without an item. */
async function readUntil<T>(
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
  start: string | undefined,
  count: number,
  signal: AbortSignal,
): Promise<Page<T>> {
  let page = await read(start, signal);
  const items = [...page.items];
  let empty = 0;
  while (items.length < Math.max(1, count) && page.nextCursor !== undefined) {
    empty = page.items.length === 0 ? empty + 1 : 0;
    if (empty === (isCloud() ? 1 : EMPTY_PAGES)) break;
    page = await read(page.nextCursor, signal);
    items.push(...page.items);
  }
  return { items, nextCursor: page.nextCursor };
}
