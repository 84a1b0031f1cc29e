import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { formatCount, idOf, plural } from "../../format/format.ts";
import type { QueueJson } from "../../source/json.ts";
import type { TaskFilter } from "../../source/source.ts";
import { liveQueues, liveState, readProblem, refreshQueue } from "../../state/live.ts";
import { hrefOf } from "../../state/router.ts";
import { isCloud } from "../../state/server.ts";
import { blockerText } from "../../words/blocker-text.ts";
import { queueHref } from "../overview/queue-table.tsx";
import { TaskList } from "../tasks/task-list.tsx";
import { QueueActions } from "./queue-actions.tsx";
import { QueueLimits } from "./queue-limits.tsx";

interface Tab {
  readonly name: string;
  readonly title: string;
  readonly filter: TaskFilter;
  readonly count: (counts: Counts) => number;
  readonly isOnlyForEmulators?: true;
}

/** The tasks by state; Google Cloud does not state them. */
type Counts = NonNullable<QueueJson["counts"]> & { readonly dead: number };

const TABS: readonly Tab[] = [
  {
    name: "waiting",
    title: "Waiting",
    filter: { state: "scheduled,due", deadLetters: false },
    count: ({ scheduled, due }) => scheduled + due,
  },
  {
    name: "running",
    title: "Running",
    filter: { state: "running", deadLetters: false },
    count: ({ running }) => running,
  },
  {
    name: "retrying",
    title: "Retrying",
    filter: { state: "retrying", deadLetters: false },
    count: ({ retrying }) => retrying,
  },
  {
    name: "done",
    title: "Finished",
    filter: { state: "finished" },
    count: ({ succeeded, discarded, exhausted, deleted }) => succeeded + discarded + exhausted + deleted,
    isOnlyForEmulators: true,
  },
  { name: "dead", title: "Dead letters", filter: { deadLetters: true }, count: ({ dead }) => dead },
];

/** A queue: its state, its limits, and its tasks by state. */
export function QueuePage({ name, tab = "waiting" }: { readonly name: string; readonly tab?: string }): JSX.Element {
  const queue = liveQueues.value.get(name);
  if (queue === undefined) return <MissingQueue name={name} />;
  const tabs = TABS.filter(({ isOnlyForEmulators }) => !isOnlyForEmulators || !isCloud());
  const current = tabs.find((each) => each.name === tab) ?? (TABS[0] as Tab);
  return (
    <div class="stack">
      <div class="row spread">
        <h1>
          {queue.id}{" "}
          <span class={`badge ${queue.state === "RUNNING" ? "ok" : "warn"}`}>{queue.state.toLowerCase()}</span>
        </h1>
        <QueueActions queue={queue} />
      </div>
      <p class="muted mono wrap">{queue.name}</p>
      {queue.blockers.map((blocker) => (
        <p key={blocker.reason} class={`notice wrap ${blocker.reason === "failing" ? "bad" : "warn"}`}>
          {blockerText(queue, blocker)}
        </p>
      ))}
      <p>{loadText(queue)}</p>
      <QueueLimits queue={queue} />
      <nav class="tabs" aria-label="Tasks by state">
        {tabs.map(({ name: each, title, count }) => (
          <a key={each} href={queueHref(name, each)} aria-current={each === current.name ? "page" : undefined}>
            {title} {countText(queue, count)}
          </a>
        ))}
      </nav>
      {isCloud() && (
        <p class="muted">
          How many tasks are in each state is unknown, and Cloud Tasks keeps no finished tasks. A list reads the queue
          page by page, in the order of the API.
        </p>
      )}
      <TaskList key={`${name} ${current.name}`} fixed={{ queue: name, ...current.filter }} />
    </div>
  );
}

function countText({ counts, deadLetters = 0 }: QueueJson, count: Tab["count"]): JSX.Element | undefined {
  return counts && <span class="muted">{formatCount(count({ ...counts, dead: deadLetters }))}</span>;
}

function loadText(queue: QueueJson): string {
  const { lastMinute, executedLastMinute, tasks, inFlight, maxConcurrentDispatches } = queue;
  const perMinute = lastMinute?.started ?? executedLastMinute;
  if (perMinute === undefined || inFlight === undefined) {
    return "The number of tasks and the load are unknown: the API does not state them for this queue.";
  }
  const load = `${plural(perMinute, "attempt")} in the last minute, ${formatCount(inFlight)} of ${formatCount(maxConcurrentDispatches)} in flight.`;
  return isCloud() && tasks !== undefined ? `About ${plural(tasks, "task")}. ${load}` : load;
}

function MissingQueue({ name }: { readonly name: string }): JSX.Element {
  const isUnlisted = readProblem.value !== undefined;
  useEffect(() => {
    // Access to one queue does not include the list of all queues. An error of the list is shown above the page.
    if (isUnlisted) void refreshQueue(name).catch(() => undefined);
  }, [name, isUnlisted]);
  if (liveState.value === "connecting") return <p class="muted">Loading …</p>;
  if (isUnlisted) return <h1 class="wrap">{idOf(name)}</h1>;
  return (
    <div class="stack">
      <h1>No such queue</h1>
      <p class="wrap">{name} does not exist. It may have been deleted.</p>
      <p>
        <a href={hrefOf([])}>All queues</a>
      </p>
    </div>
  );
}
