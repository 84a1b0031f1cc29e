import type { JSX } from "preact";
import { LoadState } from "../../components/load-state.tsx";
import { source } from "../../source/http-source.ts";
import type { QueueJson } from "../../source/json.ts";
import { liveQueues } from "../../state/live.ts";
import { useLiveReload } from "../../state/use-live-reload.ts";
import { useResource } from "../../state/use-resource.ts";
import { Failures } from "./failures.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { Problems } from "./problems.tsx";
import { QueueTable } from "./queue-table.tsx";

/** The first page: all queues, the problems in words, and the attempts that failed last. */
export function Overview(): JSX.Element {
  const failures = useResource("failures", (signal) =>
    source.attempts({ outcome: "failed,discarded", limit: 20 }, signal),
  );
  const stats = useResource("stats", (signal) => source.stats({ by: "queue", step: "10s", buckets: 30 }, signal));
  useLiveReload(failures, "attempt", (event) => event.phase === "finished" && event.outcome !== "succeeded");
  useLiveReload(stats, "stats");
  const queues = [...liveQueues.value.values()].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <div class="stack">
      <h1>Overview</h1>
      {isUnused(queues) && <FirstSteps queues={queues} />}
      <Problems queues={queues} />
      <section class="stack" aria-labelledby="queues">
        <h2 id="queues">Queues</h2>
        <LoadState of={stats}>{({ queues: series = {} }) => <QueueTable queues={queues} series={series} />}</LoadState>
      </section>
      <section class="stack" aria-labelledby="failures">
        <h2 id="failures">Failed attempts</h2>
        <LoadState of={failures}>
          {({ attempts }) =>
            attempts.length === 0 ? <p class="muted">No attempt has failed.</p> : <Failures attempts={attempts} />
          }
        </LoadState>
      </section>
    </div>
  );
}

function isUnused(queues: readonly QueueJson[]): boolean {
  return (
    queues.length > 0 && queues.every(({ tasks, counts }) => tasks === 0 && counts.succeeded + counts.discarded === 0)
  );
}
