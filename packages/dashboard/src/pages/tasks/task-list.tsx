import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { JobProgress } from "../../components/job-progress.tsx";
import { formatCount, plural } from "../../format/format.ts";
import { source } from "../../source/http-source.ts";
import type { TaskCountsJson, TaskJson } from "../../source/json.ts";
import type { TaskFilter } from "../../source/source.ts";
import { onLive } from "../../state/live.ts";
import { useNewTasks } from "../../state/new-tasks.ts";
import { createPages, type Pages } from "../../state/pages.ts";
import { route } from "../../state/router.ts";
import { currentJob } from "../../state/run-job.ts";
import { createSelection } from "../../state/selection.ts";
import { BulkActions } from "./bulk-actions.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { type FilterName, filtersOf } from "./task-filters.ts";
import { TaskTable } from "./task-table.tsx";

interface TaskListProps {
  /** The filters that the page fixes, for example the queue. */
  readonly fixed?: TaskFilter;
}

const PAGE_SIZE = 200;

/** A list of tasks with search, filters, and actions over a selection. */
export function TaskList({ fixed = {} }: TaskListProps): JSX.Element {
  const filter: TaskFilter = { ...filtersOf(route.value.query), ...fixed };
  const key = JSON.stringify(filter);
  const counts = useMemo(() => signal<TaskCountsJson | undefined>(undefined), []);
  const pages = useMemo(() => readTasks(filter, (next) => (counts.value = next)), [key]);
  const selection = useMemo(createSelection, [key]);
  const added = useNewTasks(filter.queue);
  const restart = (): void => {
    added.value = 0;
    selection.clear();
    void pages.restart();
  };
  useEffect(() => {
    const stop = onLive("resync", restart);
    return () => {
      stop();
      pages.close();
    };
  }, [pages]);
  const jobState = currentJob.value?.state;
  useEffect(() => {
    if (jobState !== undefined && jobState !== "running") void pages.restart();
  }, [jobState, pages]);
  return (
    <div class="stack">
      <FilterBar fixed={Object.keys(fixed) as FilterName[]} counts={counts.value} />
      <JobProgress />
      <div class="row spread">
        <BulkActions filter={filter} selection={selection} loaded={pages.state.value.items.length} />
        <button type="button" class="button" onClick={restart} aria-live="polite">
          {added.value === 0 ? "Reload" : `${formatCount(added.value)} new, show`}
        </button>
      </div>
      <ListState pages={pages} onRetry={restart} />
      {pages.state.value.items.length > 0 && <TaskTable pages={pages} selection={selection} />}
    </div>
  );
}

interface ListStateProps {
  readonly pages: Pages<TaskJson>;
  readonly onRetry: () => void;
}

/** The error of the list, or why it is empty. Loading is never shown as an empty list. */
function ListState({ pages, onRetry }: ListStateProps): JSX.Element {
  const { items, error, isReady, loading, nextCursor } = pages.state.value;
  if (error !== undefined) {
    return (
      <div class="notice bad row spread" role="alert">
        <span class="wrap">{error.message}</span>
        <button type="button" class="button" onClick={onRetry}>
          Try again
        </button>
      </div>
    );
  }
  if (!isReady || (loading && items.length === 0)) return <p class="muted">Loading …</p>;
  if (items.length > 0) {
    const more = nextCursor === undefined ? "" : ", scroll for more";
    return (
      <p class="muted" role="status">
        {plural(items.length, "task")} loaded{more}
      </p>
    );
  }
  if (nextCursor !== undefined) {
    return (
      <p class="row" role="status">
        Nothing found so far.
        <button type="button" class="button" onClick={() => void pages.more()}>
          Search further
        </button>
      </p>
    );
  }
  return (
    <p class="muted" role="status">
      No task matches.
    </p>
  );
}

/** A search examines tasks for a limited time per request, so it can answer an empty page that is not the last one. */
const EMPTY_PAGES = 50;

function readTasks(filter: TaskFilter, onCounts: (counts: TaskCountsJson) => void): Pages<TaskJson> {
  return createPages(async (start, signal) => {
    let cursor = start;
    for (let page = 1; ; page++) {
      const { tasks, nextCursor, counts } = await source.tasks({ ...filter, limit: PAGE_SIZE, cursor }, signal);
      onCounts(counts);
      if (tasks.length > 0 || nextCursor === undefined || page === EMPTY_PAGES) return { items: tasks, nextCursor };
      cursor = nextCursor;
    }
  });
}
