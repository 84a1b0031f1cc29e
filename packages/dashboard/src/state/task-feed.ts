import { type ReadonlySignal, signal } from "@preact/signals";
import { source } from "../source/http-source.ts";
import type { ResyncJson, TaskCountsJson, TaskJson, TasksJson } from "../source/json.ts";
import type { TaskFilter } from "../source/source.ts";
import { afterJob } from "./after-job.ts";
import { onLive } from "./live-events.ts";
import { createLiveRows, type LiveRows } from "./live-rows.ts";
import { createNewRows, type NewRows } from "./new-rows.ts";
import { createPages, type Pages } from "./pages.ts";
import { createSelection, type Selection } from "./selection.ts";

const PAGE_SIZE = 200;

/** A list of tasks with everything that a view of it needs. It outlives the view, so "back" shows it as it was. */
export interface TaskFeed {
  readonly pages: Pages<TaskJson>;
  readonly rows: LiveRows;
  readonly newRows: NewRows;
  readonly counts: ReadonlySignal<TaskCountsJson | undefined>;
  /** Why bodies are neither shown nor searched. */
  readonly bodiesHidden: ReadonlySignal<string | undefined>;
  readonly selection: Selection;
  /** How far the list is scrolled, in pixels. */
  scrollTop: number;
  /** The full name of the task whose row has the focus. */
  focused: string | undefined;
  /** Whether the list must be read again, which waits while it is in use. */
  readonly isOutdated: ReadonlySignal<boolean>;
  /** Must be called when the list may no longer be in use. */
  released(): void;
  /** Must be called when a view shows the list. Returns a function that must be called when the view is left. */
  shown(): () => void;
  /** Keeps the rows while a function returns `true`. Returns a function that ends this. */
  holdWhile(isInUse: () => boolean): () => void;
  /** Reads the list again from the start. */
  restart(): void;
  close(): void;
}

export function createTaskFeed(filter: TaskFilter): TaskFeed {
  const counts = signal<TaskCountsJson | undefined>(undefined);
  const bodiesHidden = signal<string | undefined>(undefined);
  const pages = readTasks(filter, (page) => {
    counts.value = page.counts;
    bodiesHidden.value = page.bodiesHidden;
  });
  const rows = createLiveRows(pages);
  const newRows = createNewRows(filter, rows);
  const selection = createSelection();
  const isOutdated = signal(false);
  let isInUse = (): boolean => false;
  let isShown = false;
  let isStale = false;
  const refresh = (): void => {
    isStale = !isShown;
    isOutdated.value = false;
    // A list that nobody sees is read when it is shown again.
    if (isStale) return;
    newRows.reset();
    void pages.refresh();
  };
  // With thousands of events a second, rows would move under the pointer, and lose the focus, every two seconds.
  const resync = ({ reason }: ResyncJson): void => {
    if (reason === "gap" && isInUse()) isOutdated.value = true;
    else refresh();
  };
  const stops = [onLive("resync", resync), afterJob(refresh)];
  return {
    pages,
    rows,
    newRows,
    counts,
    bodiesHidden,
    selection,
    scrollTop: 0,
    focused: undefined,
    isOutdated,
    released: () => {
      if (isOutdated.peek() && !isInUse()) refresh();
    },
    shown: () => {
      isShown = true;
      if (isStale) refresh();
      return () => {
        isShown = false;
      };
    },
    holdWhile: (inUse) => {
      isInUse = inUse;
      return () => {
        isInUse = () => false;
      };
    },
    restart: () => {
      isOutdated.value = false;
      newRows.reset();
      selection.clear();
      void pages.restart();
    },
    close: () => {
      for (const stop of [...stops, pages.close, rows.close, newRows.close]) stop();
    },
  };
}

function readTasks(filter: TaskFilter, onPage: (page: TasksJson) => void): Pages<TaskJson> {
  return createPages(async (cursor, signal) => {
    const page = await source.tasks({ ...filter, limit: PAGE_SIZE, cursor }, signal);
    onPage(page);
    return { items: page.tasks, nextCursor: page.nextCursor };
  });
}
