import { type ReadonlySignal, signal } from "@preact/signals";
import type { FinishedJson, StartedJson, TaskEventJson } from "../source/json.ts";
import type { TaskFilter } from "../source/source.ts";
import { onLive } from "./live-events.ts";
import type { LiveRows } from "./live-rows.ts";

/** The shortest time between two changes of the count, in milliseconds. */
const COUNT_MS = 250;

/** The count stops here, so an open page needs no more memory. */
export const MAX_NEW_ROWS = 10_000;

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  waiting: ["scheduled", "due", "retrying"],
  live: ["scheduled", "due", "running", "retrying"],
  finished: ["succeeded", "discarded", "exhausted", "deleted"],
};

/** Counts the tasks that a list would have in addition if it were read again. The list announces them, and inserts none. */
export interface NewRows {
  readonly count: ReadonlySignal<number>;
  reset(): void;
  close(): void;
}

/** Other filters are not checked, because the events do not have all their fields. */
export function createNewRows(filter: TaskFilter, rows: LiveRows): NewRows {
  const { queue, state } = filter;
  const count = signal(0);
  const states = new Set(state?.split(",").flatMap((name) => GROUPS[name] ?? [name]));
  let names = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const receive = (event: StartedJson | FinishedJson | TaskEventJson): void => {
    const isInQueue = queue === undefined || event.queue === queue || event.queue.endsWith(`/queues/${queue}`);
    if (names.size >= MAX_NEW_ROWS || !isInQueue || !addsRow(event, states) || rows.has(event.task)) return;
    if (!mayMatch(event, filter)) return;
    names.add(event.task);
    timer ??= setTimeout(publish, COUNT_MS);
  };
  const publish = (): void => {
    timer = undefined;
    count.value = names.size;
  };
  const stops = [onLive("task", receive), onLive("attempt", receive)];
  const reset = (): void => {
    names = new Set();
    count.value = 0;
  };
  return {
    count,
    reset,
    close: () => {
      for (const stop of stops) stop();
      clearTimeout(timer);
    },
  };
}

/** Only a finished attempt has a definition, and changes the last answer of its task. */
function mayMatch(
  event: StartedJson | FinishedJson | TaskEventJson,
  { definition, status, answer }: TaskFilter,
): boolean {
  if ("kind" in event || event.phase === "started") return status === undefined && answer === undefined;
  if (answer !== undefined && event.outcome === "succeeded" && !event.discarded) return false;
  return definition === undefined || definition === (event.definition ?? "-");
}

/** @param states - the states of the list; empty if it has all */
function addsRow(event: StartedJson | FinishedJson | TaskEventJson, states: ReadonlySet<string>): boolean {
  if ("kind" in event) {
    return event.kind === "created" && (states.size === 0 || states.has("scheduled") || states.has("due"));
  }
  if (states.size === 0) return false;
  if (event.phase === "started") return states.has("running");
  return states.has(stateAfter(event));
}

function stateAfter({ outcome, discarded }: FinishedJson): string {
  if (outcome === "succeeded" && discarded) return "discarded";
  return outcome === "ignored" ? "deleted" : outcome;
}
