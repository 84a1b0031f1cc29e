import type { JSX } from "preact";
import { Moment } from "../../components/moment.tsx";
import { type Column, TableHead } from "../../components/table-head.tsx";
import { formatCount, idOf, plural } from "../../format/format.ts";
import type { FailureGroupJson } from "../../source/json.ts";
import { liveQueues } from "../../state/live.ts";
import { hrefOf } from "../../state/router.ts";
import type { HoldHandlers } from "../../state/use-held.ts";

const COLUMNS: readonly Column[] = [
  ["Answer", false],
  ["Definition", false],
  ["Attempts", true, "Failed attempts in the chosen time"],
  ["Tasks", true, "The tasks of these attempts"],
  [
    "Unresolved",
    true,
    "Tasks that have not succeeded, and were not pushed again or redriven, since they failed like this",
  ],
  ["First", false],
  ["Last", false, "The last failed attempt, and its task"],
];

type FailureTableProps = HoldHandlers & { readonly groups: readonly FailureGroupJson[] };

/** The groups of failed attempts. The number of unresolved tasks leads to their list. */
export function FailureTable({ groups, ...handlers }: FailureTableProps): JSX.Element {
  return (
    <div class="table-wrap" {...handlers}>
      <table class="table cards failures">
        <caption class="visually-hidden">Failed attempts by answer</caption>
        <TableHead columns={COLUMNS} />
        <tbody>
          {groups.map((group) => (
            <FailureRow key={`${group.definition ?? group.queues[0]} ${group.answer}`} group={group} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FailureRow({ group }: { readonly group: FailureGroupJson }): JSX.Element {
  const { status, definition, queues, attempts, tasks, unresolved, lastTask } = group;
  return (
    <tr>
      <th scope="row" class="answer light">
        <span class="lines-2">
          <span class={`badge ${unresolved > 0 ? "bad" : "quiet"}`}>
            {group.discarded ? "discarded" : (status ?? "no answer")}
          </span>{" "}
          {messageText(group)}
        </span>
      </th>
      <td class="clip source" title={queues.join("\n")}>
        {definition ?? "tasks"} <br />
        <span class="muted">in {queueText(queues)}</span>
      </td>
      <td class="number attempts" data-label="Attempts">
        {formatCount(attempts)}
      </td>
      <td class="number tasks" data-label="Tasks">
        {formatCount(tasks)}
      </td>
      <td class="number unresolved" data-label="Unresolved">
        {unresolved === 0 ? (
          <span class="muted">0</span>
        ) : (
          <a href={unresolvedHref(group)} aria-label={`Show ${plural(unresolved, "unresolved task")}`}>
            {formatCount(unresolved)}
          </a>
        )}
        {group.discarded && unresolved > 0 && hasDeadLetters() && (
          <>
            {" "}
            <br />
            <a href={hrefOf(["dead-letters"], { definition })}>dead letters</a>
          </>
        )}
      </td>
      <td class="nowrap first" data-label="First">
        <Moment time={group.firstTime} isPast />
      </td>
      <td class="clip last" data-label="Last" title={lastTask}>
        <Moment time={group.lastTime} isPast /> <br />
        <a class="mono" href={hrefOf(["tasks", lastTask])} aria-label={`Last task: ${idOf(lastTask)}`}>
          {idOf(lastTask)}
        </a>
      </td>
    </tr>
  );
}

/** The message of our worker repeats that the task was discarded. */
function messageText({ discarded, message = "" }: FailureGroupJson): string {
  return discarded ? message.replace(/^discarded /, "") : message;
}

/** A discarded task can have a dead letter, which is redriven on another page. */
function hasDeadLetters(): boolean {
  return [...liveQueues.value.values()].some(({ deadLetters = 0 }) => deadLetters > 0);
}

function queueText(queues: readonly string[]): string {
  return queues.length > 1 ? plural(queues.length, "queue") : idOf(queues[0] ?? "");
}

/** Tasks that were deleted on purpose are not in the list. */
function unresolvedHref({ answer, definition, queues, discarded }: FailureGroupJson): string {
  const [queue = ""] = definition === undefined ? queues : [];
  const state = discarded ? "discarded" : "live,exhausted";
  return hrefOf(["tasks"], { queue: idOf(queue), state, definition: definition ?? "-", answer });
}
