import type { JSX } from "preact";
import type { BlockerJson, QueueJson } from "../../source/json.ts";
import { hrefOf } from "../../state/router.ts";
import { blockerText } from "../../words/blocker-text.ts";
import { queueHref } from "./queue-table.tsx";

/** The most important reasons of a queue; the others follow from them. */
const MAX_REASONS = 2;

/** A line in words for each queue in which nothing runs or everything fails. */
export function Problems({ queues }: { readonly queues: readonly QueueJson[] }): JSX.Element | null {
  const problems = queues.flatMap((queue) =>
    queue.blockers.slice(0, MAX_REASONS).map((blocker) => ({ queue, blocker })),
  );
  if (problems.length === 0) return null;
  return (
    <section class="stack tight" aria-labelledby="problems">
      <h2 id="problems">Needs attention</h2>
      <ul class="plain-list">
        {problems.map(({ queue, blocker }) => (
          <Problem key={`${queue.name} ${blocker.reason}`} queue={queue} blocker={blocker} />
        ))}
      </ul>
    </section>
  );
}

function Problem({ queue, blocker }: { readonly queue: QueueJson; readonly blocker: BlockerJson }): JSX.Element {
  const isFailing = blocker.reason === "failing";
  const task = isFailing ? queue.failing?.task : undefined;
  return (
    <li class={`notice row spread ${isFailing ? "bad" : "warn"}`}>
      <span class="wrap problem">{blockerText(queue, blocker)}</span>
      <span class="row">
        {task !== undefined && <a href={hrefOf(["tasks", task])}>Last failure</a>}
        <a href={queueHref(queue.name)} aria-label={`Open the queue ${queue.id}`}>
          Open the queue
        </a>
      </span>
    </li>
  );
}
