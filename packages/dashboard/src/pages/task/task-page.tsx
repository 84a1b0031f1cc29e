import type { JSX } from "preact";
import { Facts } from "../../components/facts.tsx";
import { LoadState } from "../../components/load-state.tsx";
import { Moment } from "../../components/moment.tsx";
import { formatDuration, idOf } from "../../format/format.ts";
import { source } from "../../source/http-source.ts";
import type { TaskDetailJson, TaskWithRequestJson } from "../../source/json.ts";
import { isCloud } from "../../state/server.ts";
import { useLiveReload } from "../../state/use-live-reload.ts";
import { useResource } from "../../state/use-resource.ts";
import { StateBadge } from "../../words/task-state.tsx";
import { KnownAttempts } from "../cloud/known-attempts.tsx";
import { queueHref } from "../overview/queue-table.tsx";
import { Attempts } from "./attempts.tsx";
import { NextAttempt } from "./next-attempt.tsx";
import { TaskActions } from "./task-actions.tsx";
import { TaskRequest } from "./task-request.tsx";

/** A task: its next attempt, its attempts and waits on a time axis, its request, and its actions. */
export function TaskPage({ name }: { readonly name: string }): JSX.Element {
  const detail = useResource(name, (signal) => source.task(name, undefined, signal));
  useLiveReload(detail, "attempt", (event) => event.task === name);
  useLiveReload(detail, "task", (event) => event.task === name);
  useLiveReload(detail, "queue", (event) => name.startsWith(`${event.queue}/`));
  return (
    <div class="stack">
      {detail.state.value.data === undefined && <h1 class="wrap">{`Task ${idOf(name)}`}</h1>}
      <LoadState of={detail}>{(data) => <TaskDetail data={data} />}</LoadState>
    </div>
  );
}

function TaskDetail({ data }: { readonly data: TaskDetailJson }): JSX.Element {
  const { task, attempts, nextCursor } = data;
  return (
    <>
      <header class="stack tight">
        <div class="row spread">
          <h1>
            {task.definition ?? "Task"} <StateBadge state={task.state} />
          </h1>
          <TaskActions task={task} />
        </div>
        <p class="muted mono wrap">{task.name}</p>
      </header>
      <NextAttempt task={task} />
      <section class="stack" aria-labelledby="timeline">
        <h2 id="timeline">Attempts</h2>
        {attempts === undefined ? (
          <KnownAttempts task={task} />
        ) : (
          <Attempts key={task.sequence} task={task} newest={attempts} nextCursor={nextCursor} />
        )}
      </section>
      <section class="stack" aria-labelledby="request">
        <h2 id="request">Request</h2>
        <TaskFacts task={task} />
        {task.request !== undefined && <TaskRequest task={task} request={task.request} />}
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
        Attempts: isCloud() ? undefined : `${task.dispatchCount}, of which ${task.failureCount} failed`,
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
