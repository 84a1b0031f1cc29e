import type { JSX } from "preact";
import { LoadState } from "../../components/load-state.tsx";
import { source } from "../../source/http-source.ts";
import type { EmulatorQueueJson, QueueJson } from "../../source/json.ts";
import { liveQueues, liveState } from "../../state/live.ts";
import { isCloud } from "../../state/server.ts";
import { useLiveReload } from "../../state/use-live-reload.ts";
import { useResource } from "../../state/use-resource.ts";
import { CloudOverview } from "../cloud/cloud-overview.tsx";
import { CreateQueue } from "./create-queue.tsx";
import { Failures } from "./failures.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { Problems } from "./problems.tsx";
import { QueueTable } from "./queue-table.tsx";

/** The graph of a queue gets a point every 10 s. The numbers beside it are those of the events. */
const GRAPH_INTERVAL_MS = 5_000;

/** The first page. */
export function Overview(): JSX.Element {
  return isCloud() ? <CloudOverview /> : <EmulatorOverview />;
}

/** All queues, the problems in words, and the attempts that failed last. */
function EmulatorOverview(): JSX.Element {
  const stats = useResource("stats", (signal) => source.stats({ by: "queue", step: "10s", buckets: 30 }, signal));
  const faults = useResource("faults", () => source.faults());
  useLiveReload(stats, "stats", undefined, GRAPH_INTERVAL_MS);
  useLiveReload(faults, "stats", undefined, GRAPH_INTERVAL_MS);
  const queues = [...liveQueues.value.values()].filter(isOfEmulator).sort((a, b) => a.name.localeCompare(b.name));
  const isNew = isUnused(queues);
  return (
    <div class="stack">
      <h1>Overview</h1>
      {isNew && <FirstSteps queues={queues} />}
      <Problems queues={queues} faults={faults.state.value.data?.faults ?? []} />
      <section class="stack tight" aria-labelledby="queues">
        <div class="row spread">
          <h2 id="queues">Queues</h2>
          <CreateQueue />
        </div>
        {queues.length > 0 && <p class="muted">Rates and failures cover the last minute.</p>}
        <LoadState of={stats}>
          {({ queues: series = {} }) =>
            queues.length === 0 ? <NoQueues /> : <QueueTable queues={queues} series={series} />
          }
        </LoadState>
      </section>
      {!isNew && <Failures />}
    </div>
  );
}

/** The queues arrive with the first event, so an empty list is not known to be empty before it. */
function NoQueues(): JSX.Element {
  if (liveState.value === "connecting") return <p class="muted">Loading …</p>;
  return (
    <p class="muted">
      There are no queues. Create one here, or start the emulator with --queue or --auto-create-queues.
    </p>
  );
}

function isOfEmulator(queue: QueueJson): queue is EmulatorQueueJson {
  return queue.counts !== undefined;
}

function isUnused(queues: readonly EmulatorQueueJson[]): boolean {
  return (
    liveState.value !== "connecting" &&
    queues.every(({ tasks, counts }) => tasks === 0 && counts.succeeded + counts.discarded + counts.exhausted === 0)
  );
}
