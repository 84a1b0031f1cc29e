import type { JSX } from "preact";
import { formatRate } from "../../format/format.ts";
import type { QueueJson } from "../../source/json.ts";
import type { TaskFilter } from "../../source/source.ts";
import { liveQueues, liveState } from "../../state/live.ts";
import { hrefOf } from "../../state/router.ts";
import { blockerText } from "../../words/blocker-text.ts";
import { queueHref } from "../overview/queue-table.tsx";
import { TaskList } from "../tasks/task-list.tsx";
import { QueueActions } from "./queue-actions.tsx";
import { QueueLimits } from "./queue-limits.tsx";

interface Tab {
  readonly name: string;
  readonly title: string;
  readonly filter: TaskFilter;
  readonly count: (queue: QueueJson) => number;
}

const TABS: readonly Tab[] = [
  {
    name: "waiting",
    title: "Waiting",
    filter: { state: "scheduled,due" },
    count: ({ counts }) => counts.scheduled + counts.due,
  },
  { name: "running", title: "Running", filter: { state: "running" }, count: ({ counts }) => counts.running },
  { name: "retrying", title: "Retrying", filter: { state: "retrying" }, count: ({ counts }) => counts.retrying },
  {
    name: "done",
    title: "Done",
    filter: { state: "finished" },
    count: ({ counts }) => counts.succeeded + counts.discarded + counts.exhausted + counts.deleted,
  },
  { name: "dead", title: "Dead", filter: { deadLetters: true }, count: ({ deadLetters }) => deadLetters },
];

/** A queue: its state, its limits, and its tasks by state. */
export function QueuePage({ name, tab = "waiting" }: { readonly name: string; readonly tab?: string }): JSX.Element {
  const queue = liveQueues.value.get(name);
  if (queue === undefined) return <MissingQueue name={name} />;
  const current = TABS.find((each) => each.name === tab) ?? (TABS[0] as Tab);
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
      <p>
        {formatRate(queue.lastMinute.started / 60)} in the last minute, {queue.inFlight} of{" "}
        {queue.maxConcurrentDispatches} attempts in flight.
      </p>
      <QueueLimits queue={queue} />
      <nav class="tabs" aria-label="Tasks by state">
        {TABS.map(({ name: each, title, count }) => (
          <a key={each} href={queueHref(name, each)} aria-current={each === current.name ? "page" : undefined}>
            {title} <span class="muted">{count(queue)}</span>
          </a>
        ))}
      </nav>
      <TaskList key={`${name} ${current.name}`} fixed={{ queue: name, ...current.filter }} />
    </div>
  );
}

function MissingQueue({ name }: { readonly name: string }): JSX.Element {
  if (liveState.value === "connecting") return <p class="muted">Loading …</p>;
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
