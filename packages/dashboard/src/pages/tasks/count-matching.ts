import { source } from "../../source/http-source.ts";
import type { TaskFilter } from "../../source/source.ts";
import { appliesTo, type BulkAction } from "./applicable-actions.ts";
import { defaultSort, statesIn } from "./task-filters.ts";

const PAGE_SIZE = 1_000;

/** Reading more tasks would take longer than a user waits. */
const MAX_COUNT = 20_000;

/** The number of tasks that match a filter. */
export interface MatchCount {
  readonly count: number;
  /** Whether there are more than `count`. */
  readonly isMore: boolean;
}

/** Counts the tasks of a filter to which an action applies. */
export async function countMatching(filter: TaskFilter, action: BulkAction, signal: AbortSignal): Promise<MatchCount> {
  const states = [...statesIn(filter)].filter((state) => appliesTo(action, state));
  const { queue, definition, deadLetters, state: _, sort = defaultSort(filter), ...others } = filter;
  const isKnown = Object.values(others).every((value) => value === undefined);
  const list = { ...filter, state: states.join(","), sort };
  if (states.length === 0) return { count: 0, isMore: false };
  if (isKnown) {
    const { counts } = await source.tasks({ queue, definition, deadLetters, limit: 1 }, signal);
    if (counts !== undefined)
      return { count: states.reduce((sum, state) => sum + counts.states[state], 0), isMore: false };
  }
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await source.tasks({ ...list, limit: PAGE_SIZE, cursor }, signal);
    count += page.tasks.length;
    cursor = page.nextCursor;
  } while (cursor !== undefined && count < MAX_COUNT);
  return { count, isMore: cursor !== undefined };
}
