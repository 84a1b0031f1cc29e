import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { BodyView } from "../../components/body-view.tsx";
import { Facts } from "../../components/facts.tsx";
import { HeaderTable } from "../../components/header-table.tsx";
import { LoadState } from "../../components/load-state.tsx";
import { Moment } from "../../components/moment.tsx";
import { formatDuration, idOf } from "../../format/format.ts";
import { source } from "../../source/http-source.ts";
import type { TaskDetailJson, TaskWithRequestJson } from "../../source/json.ts";
import { now } from "../../state/now.ts";
import { useLiveReload } from "../../state/use-live-reload.ts";
import { useResource } from "../../state/use-resource.ts";
import { StateBadge } from "../../words/task-state.tsx";
import { waitText } from "../../words/wait-text.ts";
import { queueHref } from "../overview/queue-table.tsx";
import { AttemptDetails } from "./attempt-details.tsx";
import { TaskActions } from "./task-actions.tsx";
import { Timeline } from "./timeline.tsx";

/** The largest body that Cloud Tasks accepts fits into this. */
const WHOLE_BODY_BYTES = 2_000_000;

/** A task: its request, its attempts and waits on a time axis, and what can be done with it. */
export function TaskPage({ name }: { readonly name: string }): JSX.Element {
  const [bodyBytes, setBodyBytes] = useState<number>();
  const detail = useResource(`${name} ${bodyBytes}`, (signal) => source.task(name, bodyBytes, signal));
  useLiveReload(detail, "attempt", (event) => event.task === name);
  useLiveReload(detail, "task", (event) => event.task === name);
  useLiveReload(detail, "queue", (event) => name.startsWith(`${event.queue}/`));
  return (
    <div class="stack">
      <LoadState of={detail}>
        {(data) => <TaskDetail data={data} onWhole={() => setBodyBytes(WHOLE_BODY_BYTES)} />}
      </LoadState>
    </div>
  );
}

function TaskDetail({ data, onWhole }: { readonly data: TaskDetailJson; readonly onWhole: () => void }): JSX.Element {
  const { task, attempts, nextCursor } = data;
  return (
    <>
      <div class="row spread">
        <h1>
          {task.definition ?? "Task"} <StateBadge state={task.state} />
        </h1>
        <TaskActions task={task} />
      </div>
      <p class="muted mono wrap">{task.name}</p>
      {task.waits.map((wait) => (
        <p key={wait.reason} class="notice" role="status">
          This task {waitText(wait, now.value)}
          {wait.until !== undefined && (
            <>
              {" "}
              (<Moment time={wait.until} />)
            </>
          )}
          .
        </p>
      ))}
      <section class="stack" aria-labelledby="timeline">
        <h2 id="timeline">Attempts</h2>
        <Timeline task={task} attempts={attempts} />
        {attempts.map((attempt) => (
          <AttemptDetails key={attempt.id} attempt={attempt} />
        ))}
        {attempts.length === 0 && <p class="muted">No attempt has finished.</p>}
        {nextCursor !== undefined && <p class="muted">Only the newest attempts are shown.</p>}
      </section>
      <section class="stack" aria-labelledby="request">
        <h2 id="request">Request</h2>
        <TaskFacts task={task} />
        {task.request !== undefined && (
          <>
            <BodyView body={task.request} label="Payload" onWhole={onWhole} />
            <HeaderTable headers={task.request.headers} label="Headers" />
          </>
        )}
      </section>
    </>
  );
}

function TaskFacts({ task }: { readonly task: TaskWithRequestJson }): JSX.Element {
  const { request, authorization, retry, deadLetter, dispatchDeadlineMs } = task;
  return (
    <Facts
      of={{
        Queue: <a href={queueHref(task.queue)}>{idOf(task.queue)}</a>,
        Target: request && `${request.method} ${request.url}`,
        Created: <Moment time={task.createTime} />,
        Due: <Moment time={task.scheduleTime} />,
        Finished: task.finishTime && <Moment time={task.finishTime} />,
        Attempts: `${task.dispatchCount}, of which ${task.failureCount} failed`,
        "Dispatch deadline": dispatchDeadlineMs === undefined ? undefined : formatDuration(dispatchDeadlineMs),
        Token:
          authorization &&
          `${authorization.kind === "oidc" ? "OIDC" : "OAuth"} token of ${authorization.serviceAccount}, ${authorization.audience ? `audience ${authorization.audience}` : `scope ${authorization.scope ?? ""}`}`,
        Retries:
          retry &&
          `${retry.maxAttempts === -1 ? "unlimited" : retry.maxAttempts} attempts, backoff ${formatDuration(retry.minBackoffMs)} to ${formatDuration(retry.maxBackoffMs)}`,
        "Dead letter": deadLetter && `${deadLetter.reason}${deadLetter.message ? `: ${deadLetter.message}` : ""}`,
      }}
    />
  );
}
