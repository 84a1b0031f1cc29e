import type { TaskFilter } from "../../source/source.ts";

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
