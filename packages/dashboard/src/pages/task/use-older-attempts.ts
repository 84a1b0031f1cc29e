import { useRef, useState } from "preact/hooks";
import { source } from "../../source/http-source.ts";
import type { AttemptJson } from "../../source/json.ts";

const PAGE_SIZE = 100;

/** The newest finished attempts of a task. */
interface NewestAttempts {
  /** The full name of the task. */
  readonly task: string;
  /** Distinguishes it from an earlier task of the same name. */
  readonly sequence: number | undefined;
  /** The newest first. */
  readonly attempts: readonly AttemptJson[];
  /** Where older attempts follow. */
  readonly nextCursor: string | undefined;
}

/** The finished attempts that a page shows. */
interface ShownAttempts {
  /** The newest first. */
  readonly attempts: readonly AttemptJson[];
  /** Whether there are older attempts. */
  readonly isCut: boolean;
  /** Reads the next older attempts. */
  more(): Promise<void>;
}

/** Shows the newest attempts of a task, and the older ones as far as the user has read them. */
export function useOlderAttempts({ task, sequence, attempts, nextCursor }: NewestAttempts): ShownAttempts {
  const [older, setOlder] = useState<{ readonly nextCursor: string | undefined }>();
  // Attempts that leave the newest ones, because others finish, must not get lost between the two lists.
  const known = useRef(new Map<string, AttemptJson>());
  const keep = (each: readonly AttemptJson[]): void => {
    for (const attempt of each) known.current.set(attempt.id, attempt);
  };
  const more = async (): Promise<void> => {
    let cursor = older === undefined ? nextCursor : older.nextCursor;
    let found: readonly AttemptJson[] = [];
    // The server searches for a limited time per request, so a page can be empty.
    while (cursor !== undefined && found.length === 0) {
      const page = await source.attempts({ task, limit: PAGE_SIZE, cursor });
      found = page.attempts.filter((attempt) => attempt.sequence === sequence);
      const isEarlierTask = found.length < page.attempts.length;
      cursor = isEarlierTask ? undefined : page.nextCursor;
    }
    keep(attempts);
    keep(found);
    setOlder({ nextCursor: cursor });
  };
  if (older === undefined) return { attempts, isCut: nextCursor !== undefined, more };
  keep(attempts);
  const all = [...known.current.values()].sort((a, b) => Number(b.id) - Number(a.id));
  return { attempts: all, isCut: older.nextCursor !== undefined, more };
}
