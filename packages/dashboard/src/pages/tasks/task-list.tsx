import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { JobProgress } from "../../components/job-progress.tsx";
import { ListState } from "../../components/list-state.tsx";
import { PushButton } from "../../components/push-button.tsx";
import { distinct } from "../../format/distinct.ts";
import { formatCount } from "../../format/format.ts";
import type { TaskState } from "../../source/json.ts";
import type { TaskFilter } from "../../source/source.ts";
import { useKept } from "../../state/kept.ts";
import { MAX_NEW_ROWS } from "../../state/new-rows.ts";
import { route } from "../../state/router.ts";
import { isCloud } from "../../state/server.ts";
import { createTaskFeed, type TaskFeed } from "../../state/task-feed.ts";
import { LIVE_STATES, TASK_STATES } from "../../words/task-state.tsx";
import { BulkActions } from "./bulk-actions.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { defaultOrder, FILTERS, type FilterName, filtersOf, statesIn } from "./task-filters.ts";
import { TaskTable } from "./task-table.tsx";

interface TaskListProps {
  /** The filters that the page fixes, for example the queue. */
  readonly fixed?: TaskFilter;
}

/** A list of tasks with search, filters, and actions over a selection. */
export function TaskList({ fixed = {} }: TaskListProps): JSX.Element {
  const chosen = filtersOf(route.value.query);
  const isNarrowed = fixed.state !== undefined && isWithin(chosen, fixed);
  const filter: TaskFilter = { ...chosen, ...fixed, ...(isNarrowed && { state: chosen.state }) };
  const key = JSON.stringify(filter);
  const feed = useKept(key, () => createTaskFeed(filter));
  const { items } = feed.pages.state.value;
  useLayoutEffect(feed.shown, [feed]);
  return (
    <div class="stack">
      <FilterBar
        fixed={Object.keys(fixed).filter((name) => name !== "state" || !hasChoice(chosen, fixed)) as FilterName[]}
        states={fixed.state === undefined ? knownStates() : [...statesIn(fixed)]}
        counts={feed.counts.value}
        order={defaultOrder(filter)}
        {...(feed.counts.value === undefined && { definitions: distinct(items.map(({ definition }) => definition)) })}
      />
      <JobProgress />
      <div class="row spread">
        <BulkActions
          filter={filter}
          selection={feed.selection}
          loaded={items.length}
          selectedStates={() => selectedStates(feed)}
        />
        <div class="row">
          <PushButton queue={fixed.queue} />
          <ReloadButton feed={feed} filter={filter} />
        </div>
      </div>
      {feed.bodiesHidden.value !== undefined && <p class="notice warn wrap">{feed.bodiesHidden.value}</p>}
      <ListState pages={feed.pages} noun="task" empty={emptyText(fixed)} onRetry={feed.restart} />
      {items.length > 0 && <TaskTable key={`${route.value.entry} ${key}`} feed={feed} />}
    </div>
  );
}

/** Whether the user has chosen some of the states of a tab. */
function isWithin({ state }: TaskFilter, fixed: TaskFilter): boolean {
  const states = statesIn(fixed);
  return state !== undefined && [...statesIn({ state })].every((each) => states.has(each));
}

/** Whether the user can choose among the states of a tab. */
function hasChoice(chosen: TaskFilter, fixed: TaskFilter): boolean {
  return statesIn(fixed).size > 1 && (chosen.state === undefined || isWithin(chosen, fixed));
}

/** Cloud Tasks keeps no finished tasks. */
function knownStates(): readonly TaskState[] {
  return isCloud() ? LIVE_STATES : TASK_STATES;
}

function selectedStates({ pages, rows, selection }: TaskFeed): ReadonlySet<TaskState> {
  const names = selection.names.value;
  // The rows below change in place.
  rows.version.value;
  const selected = pages.state.value.items.filter(({ name }) => names.has(name));
  return new Set(selected.map((item) => rows.current(item).state));
}

/** Announces the rows that the list does not have yet. */
function ReloadButton({ feed, filter }: { readonly feed: TaskFeed; readonly filter: TaskFilter }): JSX.Element {
  const { text, definition, status, answer, from, to } = filter;
  const isNarrow = [text, definition, status, answer, from, to].some((value) => value !== undefined);
  const count = feed.newRows.count.value;
  const isOutdated = feed.isOutdated.value;
  const newText = `${formatCount(count)}${count < MAX_NEW_ROWS ? "" : "+"} new${isNarrow ? ", may match" : ""}, show`;
  return (
    <>
      <span class="visually-hidden" role="status">
        {isOutdated ? "The list is outdated" : count === 0 ? "" : "There are new tasks"}
      </span>
      {isOutdated && <span class="muted">Outdated, because too much changes at once</span>}
      <button type="button" class="button" onClick={feed.restart}>
        {count === 0 ? "Reload" : newText}
      </button>
    </>
  );
}

function emptyText({ queue, deadLetters }: TaskFilter): string {
  const isFiltered = FILTERS.some((name) => name !== "sort" && route.value.query.has(name));
  if (isFiltered) return "No task matches the filters.";
  if (deadLetters) return "This queue keeps no dead letters. Those of its tasks can be in another queue.";
  return queue === undefined ? "There are no tasks." : "This queue has no such tasks.";
}
