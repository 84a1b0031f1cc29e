import type { JSX } from "preact";
import type { QueueJson } from "../../source/json.ts";
import { blockerText } from "../../words/blocker-text.ts";
import { queueHref } from "./queue-table.tsx";

/** A line in words for each queue in which nothing runs or everything fails. */
export function Problems({ queues }: { readonly queues: readonly QueueJson[] }): JSX.Element | null {
  const blocked = queues.filter(({ blockers }) => blockers.length > 0);
  if (blocked.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="problems">
      <h2 id="problems">Needs attention</h2>
      <ul class="plain-list">
        {blocked.flatMap((queue) =>
          queue.blockers.slice(0, 2).map((blocker) => (
            <li
              key={`${queue.name} ${blocker.reason}`}
              class={`notice ${blocker.reason === "failing" ? "bad" : "warn"}`}
            >
              <a class="wrap" href={queueHref(queue.name)}>
                {blockerText(queue, blocker)}
              </a>
            </li>
          )),
        )}
      </ul>
    </section>
  );
}
