import type { JSX } from "preact";
import type { BlockerJson, FaultJson, QueueJson } from "../../source/json.ts";
import { hrefOf } from "../../state/router.ts";
import { blockerText } from "../../words/blocker-text.ts";
import { faultText, faultUse } from "../faults/fault-form.ts";
import { queueHref } from "./queue-table.tsx";

/** The most important reasons of a queue; the others follow from them. */
const MAX_REASONS = 2;

interface ProblemsProps {
  readonly queues: readonly QueueJson[];
  /** The faults of an emulator. A forgotten one looks like a broken worker. */
  readonly faults?: readonly FaultJson[];
}

/** A line in words for each fault that applies, and for each queue in which nothing runs or everything fails. */
export function Problems({ queues, faults = [] }: ProblemsProps): JSX.Element | null {
  const problems = queues.flatMap((queue) =>
    queue.blockers.slice(0, MAX_REASONS).map((blocker) => ({ queue, blocker })),
  );
  // Failures first: a pause or a limit is often intended.
  problems.sort((a, b) => Number(isFailing(b.blocker)) - Number(isFailing(a.blocker)));
  const active = faults.filter(({ isUsedUp }) => !isUsedUp);
  if (problems.length === 0 && active.length === 0) return null;
  return (
    <section class="stack tight" aria-labelledby="problems">
      <h2 id="problems">Needs attention</h2>
      <ul class="plain-list">
        {active.map((fault) => (
          <li key={fault.id} class="notice row spread warn">
            <span class="wrap problem">
              A fault is active: {faultText(fault.fault)}, {faultUse(fault)}.
            </span>
            <a href={hrefOf(["faults"])}>Open the faults</a>
          </li>
        ))}
        {problems.map(({ queue, blocker }) => (
          <Problem key={`${queue.name} ${blocker.reason}`} queue={queue} blocker={blocker} />
        ))}
      </ul>
    </section>
  );
}

function Problem({ queue, blocker }: { readonly queue: QueueJson; readonly blocker: BlockerJson }): JSX.Element {
  const isBad = isFailing(blocker);
  const task = isBad ? queue.failing?.task : undefined;
  return (
    <li class={`notice row spread ${isBad ? "bad" : "warn"}`}>
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

function isFailing({ reason }: BlockerJson): boolean {
  return reason === "failing";
}
