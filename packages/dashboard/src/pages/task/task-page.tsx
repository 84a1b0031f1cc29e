import type { JSX } from "preact";
import { Facts } from "../../components/facts.tsx";
import { LoadState } from "../../components/load-state.tsx";
import { Moment } from "../../components/moment.tsx";
import { formatDuration, idOf } from "../../format/format.ts";
import { SourceError } from "../../source/http.ts";
import { source } from "../../source/http-source.ts";
import type { TaskDetailJson, TaskWithRequestJson } from "../../source/json.ts";
import { hrefOf } from "../../state/router.ts";
import { isCloud } from "../../state/server.ts";
import { useLiveReload } from "../../state/use-live-reload.ts";
import { useResource } from "../../state/use-resource.ts";
import { attemptsText, retryText } from "../../words/attempts-text.ts";
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
  const { data, error } = detail.state.value;
  return (
    <div class="stack">
      {data === undefined && <h1 class="wrap">{`Task ${idOf(name)}`}</h1>}
      <LoadState of={detail} ignores={isGone}>
        {(loaded) => <TaskDetail data={loaded} isGone={isGone(error)} />}
      </LoadState>
    </div>
  );
}

function isGone(error: Error | undefined): boolean {
  return error instanceof SourceError && error.status === 404;
}

interface TaskDetailProps {
  readonly data: TaskDetailJson;
  /** Whether the task was deleted after it was read. Then the page shows what it knows, without actions. */
  readonly isGone: boolean;
}

function TaskDetail({ data, isGone }: TaskDetailProps): JSX.Element {
  const { task, attempts, nextCursor } = data;
  return (
    <>
      <header class="stack tight">
        <div class="row spread">
          <h1>
            {task.definition ?? "Task"}{" "}
            {!isGone && <StateBadge state={task.state} isDeadLetter={task.deadLetter !== undefined} />}
          </h1>
          <TaskActions task={task} isGone={isGone} />
        </div>
        <p class="muted mono wrap">{task.name}</p>
      </header>
      {isGone ? (
        <p class="notice warn" role="alert">
          This task no longer exists: {isCloud() ? "it has finished or was deleted." : "it was deleted."} The page shows
          its last known state.
        </p>
      ) : (
        <NextAttempt task={task} />
      )}
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
        // The time of a dead letter is only the latest that Cloud Tasks accepts.
        Due: isKept(task) ? undefined : <Moment time={task.scheduleTime} />,
        Finished: task.finishTime && <Moment time={task.finishTime} />,
        Attempts: isCloud() ? undefined : attemptsText(task),
        "Dispatch deadline": dispatchDeadlineMs === undefined ? undefined : formatDuration(dispatchDeadlineMs),
        Token:
          authorization &&
          `${authorization.kind === "oidc" ? "OIDC" : "OAuth"} token of ${authorization.serviceAccount}, ${authorization.audience ? `audience ${authorization.audience}` : `scope ${authorization.scope ?? ""}`}`,
        Retries: retry && retryText(retry),
        "Dead letter": deadLetter && `${deadLetter.reason}${deadLetter.message ? `: ${deadLetter.message}` : ""}`,
        ...deadLetterLinks(task),
      }}
    />
  );
}

function isKept({ deadLetter, state }: TaskWithRequestJson): boolean {
  return deadLetter !== undefined && state === "scheduled";
}

/** Leads from a dead letter to the attempts of its task, which Google Cloud does not keep, and from a discarded task to its dead letter. */
function deadLetterLinks({ id, state, deadLetter }: TaskWithRequestJson): Readonly<Record<string, JSX.Element>> {
  const { homeQueue, originalId } = deadLetter ?? {};
  if (homeQueue !== undefined && originalId !== undefined && !isCloud()) {
    const href = hrefOf(["tasks", `${homeQueue}/tasks/${originalId}`]);
    return { "Discarded task": <a href={href}>{originalId}</a> };
  }
  if (state !== "discarded") return {};
  return { "Dead letter": <a href={hrefOf(["dead-letters"], { text: id })}>Find its dead letter</a> };
}
