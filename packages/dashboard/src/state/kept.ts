import { useMemo } from "preact/hooks";
import { route } from "./router.ts";

/** Lists that stay in memory, so "back" shows them as they were. */
const MAX_KEPT = 10;

interface Kept {
  close(): void;
}

const kept = new Map<string, Kept>();

/**
 * Returns the value that was created for this entry of the browser's history and this key, or creates it. It is closed when ten
 * others were used after it, not when its component is unmounted.
 */
export function useKept<T extends Kept>(key: string, create: () => T): T {
  const id = `${route.value.entry} ${key}`;
  return useMemo(() => {
    const value = (kept.get(id) as T | undefined) ?? create();
    kept.delete(id);
    kept.set(id, value);
    if (kept.size > MAX_KEPT) forgetOldest();
    return value;
  }, [id]);
}

function forgetOldest(): void {
  const [oldest = ""] = kept.keys();
  kept.get(oldest)?.close();
  kept.delete(oldest);
}
