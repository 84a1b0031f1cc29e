import type { JSX } from "preact";
import { Moment } from "../../components/moment.tsx";
import { firstLineOf } from "../../format/answer-text.ts";
import { formatCount, idOf, plural } from "../../format/format.ts";
import type { AttemptJson } from "../../source/json.ts";
import { hrefOf } from "../../state/router.ts";
import { type HoldHandlers, useHeld } from "../../state/use-held.ts";
import { StatusBadge } from "../../words/status-text.tsx";

/** The last failed attempts, the newest first. They do not move while the pointer or the focus is on them. */
export function Failures({ attempts }: { readonly attempts: readonly AttemptJson[] }): JSX.Element {
  const [shown, handlers] = useHeld(attempts);
  const newest = Number(shown[0]?.id ?? 0);
  const added = attempts.filter(({ id }) => Number(id) > newest).length;
  return (
    <section class="stack tight" aria-labelledby="failures">
      <div class="row spread">
        <h2 id="failures">Failed attempts, newest first</h2>
        <span class="row">
          <span class="muted" role="status">
            {added > 0 && `${plural(added, "new failure")}, shown when you leave the list`}
          </span>
          <a href={hrefOf(["tasks"], { state: "retrying,exhausted,discarded" })}>All tasks that failed</a>
        </span>
      </div>
      {shown.length === 0 ? (
        <p class="muted">No attempt has failed.</p>
      ) : (
        <FailureTable attempts={shown} {...handlers} />
      )}
    </section>
  );
}

type FailureTableProps = HoldHandlers & { readonly attempts: readonly AttemptJson[] };

function FailureTable({ attempts, ...handlers }: FailureTableProps): JSX.Element {
  return (
    <div class="table-wrap" {...handlers}>
      <table class="table cards failures">
        <caption class="visually-hidden">Failed attempts</caption>
        <thead>
          <tr>
            {["Task", "Attempt", "Queue", "When", "Status", "Answer"].map((title) => (
              <th scope="col" key={title}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {attempts.map((attempt) => (
            <FailureRow key={attempt.id} attempt={attempt} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FailureRow({ attempt }: { readonly attempt: AttemptJson }): JSX.Element {
  const { task, definition, queue, finishTime } = attempt;
  return (
    <tr>
      <th scope="row" class="clip" title={task}>
        <a href={hrefOf(["tasks", task])}>
          {definition ?? "task"} <span class="mono light">{idOf(task)}</span>
        </a>
      </th>
      <td class="attempt">{formatCount(attempt.attempt)}</td>
      <td class="clip queue" title={queue}>
        {idOf(queue)}
      </td>
      <td class="nowrap time">
        <Moment time={finishTime} isPast />
      </td>
      <td class="status">
        <StatusBadge attempt={attempt} />
      </td>
      <td class="answer">
        <span class="lines-2">{firstLineOf(attempt)}</span>
      </td>
    </tr>
  );
}
