import type { JSX } from "preact";
import { LogsHint } from "../../components/logs-hint.tsx";
import { Snippet } from "../../components/snippet.tsx";
import { liveQueues, readAt, readProblem } from "../../state/live.ts";
import { canWrite, server } from "../../state/server.ts";
import { CreateQueue } from "../overview/create-queue.tsx";
import { Problems } from "../overview/problems.tsx";
import { CloudQueueTable } from "./cloud-queue-table.tsx";

/** The first page over Google Cloud: all queues, with the estimates of Cloud Tasks, and the problems that they show. */
export function CloudOverview(): JSX.Element {
  const queues = [...liveQueues.value.values()].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <div class="stack">
      <h1>Overview</h1>
      <Problems queues={queues} />
      <section class="stack tight" aria-labelledby="queues">
        <div class="row spread">
          <h2 id="queues">Queues</h2>
          <CreateQueue />
        </div>
        {queues.length === 0 || readAt.value === undefined ? (
          <NoQueues />
        ) : (
          <>
            <p class="muted">
              Cloud Tasks estimates these numbers. Rates cover the last minute. It states neither failures nor dead
              letters: open a queue to read its tasks.
            </p>
            <CloudQueueTable queues={queues} />
          </>
        )}
      </section>
      <section class="stack tight" aria-labelledby="failures">
        <h2 id="failures">Failed attempts</h2>
        <p>Unknown: Cloud Tasks keeps no finished attempts, and only the last one of a task that exists.</p>
        <LogsHint filter={`jsonPayload.attemptResponseLog.status!="OK"`} />
      </section>
    </div>
  );
}

/** Before the first answer, and after an error, the queues are unknown, also if one of them was read by itself. */
function NoQueues(): JSX.Element {
  if (readAt.value === undefined) {
    return (
      <p class="muted">{readProblem.value === undefined ? "Loading …" : "Unknown: the queues could not be read."}</p>
    );
  }
  const { project, location } = server();
  return (
    <div class="card stack">
      <p>
        There are no queues in the project {project}, location {location}. If you expected some, compare the location: a
        queue exists in one location only.
      </p>
      {!canWrite() && (
        <Snippet text={`npx cloudtask queues create QUEUE --project ${project} --location ${location}`} />
      )}
    </div>
  );
}
