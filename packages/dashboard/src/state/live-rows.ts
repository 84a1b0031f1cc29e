import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { TaskJson } from "../source/json.ts";
import { onLive } from "./live-events.ts";
import type { Pages } from "./pages.ts";
import { type RowEvent, taskAfter } from "./task-after.ts";

/** The interval at which changed rows are rendered, in milliseconds. */
const RENDER_MS = 100;

/** Events to keep while a page is loading. */
const MAX_LOG = 20_000;

/** The rows of a list with the changes since they were read. Rows change in place: none moves, appears or vanishes. */
export interface LiveRows {
  /** Changes when rows have changed. */
  readonly version: ReadonlySignal<number>;
  /** Returns a row as it is now. */
  current(task: TaskJson): TaskJson;
  /** Whether the list has a row of a task. */
  has(name: string): boolean;
  close(): void;
}

export function createLiveRows(pages: Pages<TaskJson>): LiveRows {
  const version = signal(0);
  const rows = new Map<string, TaskJson>();
  let log: RowEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const apply = (event: RowEvent): void => {
    const names = "task" in event ? [event.task] : namesOf(rows, event.queue);
    for (const name of names) {
      const before = rows.get(name);
      const after = before && taskAfter(before, event);
      if (after === undefined || after === before) continue;
      rows.set(name, after);
      timer ??= setTimeout(() => {
        timer = undefined;
        version.value++;
      }, RENDER_MS);
    }
  };
  const receive = (event: RowEvent): void => {
    // The page that is loading can be older than this event.
    if (pages.state.peek().loading && log.length < MAX_LOG) log.push(event);
    apply(event);
  };
  let known: readonly TaskJson[] = [];
  const stopIndexing = effect(() => {
    const { items, loading } = pages.state.value;
    const isLonger = known.length > 0 && items[0] === known[0];
    if (!isLonger) rows.clear();
    for (const task of items.slice(isLonger ? known.length : 0)) rows.set(task.name, task);
    known = items;
    if (loading) return;
    for (const event of log) apply(event);
    log = [];
  });
  const stops = [stopIndexing, ...(["attempt", "task", "queue"] as const).map((name) => onLive(name, receive))];
  return {
    version,
    current: (task) => {
      const row = rows.get(task.name);
      return row !== undefined && row.sequence === task.sequence ? row : task;
    },
    has: (name) => rows.has(name),
    close: () => {
      for (const stop of stops) stop();
      clearTimeout(timer);
    },
  };
}

function namesOf(rows: ReadonlyMap<string, TaskJson>, queue: string): readonly string[] {
  return [...rows.values()].filter((task) => task.queue === queue).map(({ name }) => name);
}
