import type { TaskFilter } from "../../source/source.ts";
import { LIVE_STATES } from "../../words/task-state.tsx";

/** The filters that a list of tasks shows as chips, and keeps in the address of the view. */
export const FILTERS = ["text", "queue", "state", "definition", "status", "reason", "from", "to", "sort"] as const;

export type FilterName = (typeof FILTERS)[number];

/** Reads the filters from the address of the view. */
export function filtersOf(query: URLSearchParams): TaskFilter {
  return Object.fromEntries(FILTERS.flatMap((name) => (query.get(name) ? [[name, query.get(name) ?? ""]] : [])));
}

/** The text of a chip, for example `state: due`. */
export function chipText(name: FilterName, value: string): string {
  return name === "text" ? `contains “${value}”` : `${name}: ${value}`;
}

/** Returns the order that the server uses for a list if the user chooses none. */
export function defaultOrder({ state }: Pick<TaskFilter, "state">): string {
  const groups: readonly string[] = ["waiting", "live"];
  const areLive = state?.split(",").map((name) => groups.includes(name) || LIVE_STATES.some((each) => each === name));
  if (areLive?.every((isLive) => isLive)) return "due first";
  return areLive?.every((isLive) => !isLive) ? "last finished first" : "newest first";
}
