import { formatTime } from "../../format/format.ts";
import type { TaskState } from "../../source/json.ts";
import type { TaskFilter } from "../../source/source.ts";
import { LIVE_STATES, TASK_STATES } from "../../words/task-state.tsx";

/** The filters that a list of tasks shows as chips, and keeps in the address of the view. */
export const FILTERS = [
  "text",
  "queue",
  "state",
  "definition",
  "status",
  "answer",
  "reason",
  "from",
  "to",
  "sort",
] as const;

export type FilterName = (typeof FILTERS)[number];

/** Reads the filters from the address of the view. */
export function filtersOf(query: URLSearchParams): TaskFilter {
  return Object.fromEntries(FILTERS.flatMap((name) => (query.get(name) ? [[name, query.get(name) ?? ""]] : [])));
}

/** The orders of a list, with their names. */
export const SORTS: readonly (readonly [sort: string, text: string])[] = [
  ["-create", "newest first"],
  ["create", "oldest first"],
  ["schedule", "due first"],
  ["-finish", "last finished first"],
];

/** The text of a chip, for example `state: due`. */
export function chipText(name: FilterName, value: string): string {
  switch (name) {
    case "text":
      return `contains “${value}”`;
    case "sort":
      return SORTS.find(([sort]) => sort === value)?.[1] ?? `sort: ${value}`;
    case "status":
      return `status: ${value === "none" ? "no answer" : value}`;
    case "state":
      return `state: ${value.replaceAll(",", " or ")}`;
    case "definition":
      return `definition: ${value === "-" ? "none" : value}`;
    case "from":
    case "to":
      return `${name}: ${timeText(value)}`;
    default:
      return `${name}: ${value}`;
  }
}

/** A user can type any address. */
function timeText(value: string): string {
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? value : formatTime(ms, Date.now());
}

/** Returns the name of the order that the server uses for a list if the user chooses none. */
export function defaultOrder(filter: Pick<TaskFilter, "state">): string {
  const sort = defaultSort(filter);
  return SORTS.find(([each]) => each === sort)?.[1] ?? sort;
}

/** Returns the order that the server uses for a list if the user chooses none. */
export function defaultSort({ state }: Pick<TaskFilter, "state">): string {
  const states = [...statesIn({ state })];
  if (states.every((each) => LIVE_STATES.includes(each))) return "schedule";
  return states.some((each) => LIVE_STATES.includes(each)) ? "-create" : "-finish";
}

const GROUPS: Readonly<Record<string, readonly TaskState[]>> = {
  waiting: ["scheduled", "due", "retrying"],
  live: LIVE_STATES,
  finished: TASK_STATES.filter((state) => !LIVE_STATES.includes(state)),
};

/** Returns the states of the tasks that a list can contain. Its order selects tasks too. */
export function statesIn({ state, sort }: Pick<TaskFilter, "state" | "sort">): ReadonlySet<TaskState> {
  const names = state?.split(",") ?? TASK_STATES;
  const states = names.flatMap((name) => GROUPS[name] ?? TASK_STATES.filter((each) => each === name));
  const isOnlyLive = sort?.endsWith("schedule");
  const isOnlyFinished = sort?.endsWith("finish");
  return new Set(states.filter((each) => (LIVE_STATES.includes(each) ? !isOnlyFinished : !isOnlyLive)));
}
