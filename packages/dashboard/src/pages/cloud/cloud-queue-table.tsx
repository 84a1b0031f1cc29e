import type { JSX } from "preact";
import { Meter } from "../../components/meter.tsx";
import { type Column, TableHead } from "../../components/table-head.tsx";
import { Unknown } from "../../components/unknown.tsx";
import { formatCount, formatRate } from "../../format/format.ts";
import type { QueueJson } from "../../source/json.ts";
import { oldestDue, queueHref } from "../overview/queue-table.tsx";

const COLUMNS: readonly Column[] = [
  ["Queue", false],
  ["State", false],
  ["Tasks", true],
  ["Oldest due", true],
  ["Rate", true],
  ["Concurrency", true],
  ["Failed", true],
  ["Dead letters", true],
];

/** All queues, with the numbers that Cloud Tasks states. */
export function CloudQueueTable({ queues }: { readonly queues: readonly QueueJson[] }): JSX.Element {
  return (
    <div class="table-wrap">
      <table class="table cards dense">
        <caption class="visually-hidden">Queues</caption>
        <TableHead columns={COLUMNS} />
        <tbody>
          {queues.map((queue) => (
            <QueueRow key={queue.name} queue={queue} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function QueueRow({ queue }: { readonly queue: QueueJson }): JSX.Element {
  const { name, id, state, tasks, inFlight, maxConcurrentDispatches, executedLastMinute, effectiveRate } = queue;
  return (
    <tr>
      <th scope="row" class="clip" title={id}>
        <a href={queueHref(name)}>{id}</a>
      </th>
      <td data-label="State">
        <span class={`badge ${state === "RUNNING" ? "ok" : "warn"}`}>{state.toLowerCase()}</span>
      </td>
      <td data-label="Tasks" class="number">
        <Unknown>{tasks === undefined ? undefined : formatCount(tasks)}</Unknown>
      </td>
      <td data-label="Oldest due" class="number">
        <Unknown>{tasks === undefined ? undefined : oldestDue(queue)}</Unknown>
      </td>
      <td data-label="Rate" class="number double">
        {executedLastMinute === undefined ? (
          <Unknown />
        ) : (
          <RateMeter perSecond={executedLastMinute / 60} limit={effectiveRate || queue.maxDispatchesPerSecond} />
        )}
      </td>
      <td data-label="Concurrency" class="number double">
        {inFlight === undefined ? (
          <Unknown />
        ) : (
          <Meter
            used={inFlight}
            limit={maxConcurrentDispatches}
            text={`${formatCount(inFlight)} of ${formatCount(maxConcurrentDispatches)}`}
          />
        )}
      </td>
      <td data-label="Failed" class="number">
        <Unknown />
      </td>
      <td data-label="Dead letters" class="number">
        <Unknown />
      </td>
    </tr>
  );
}

function RateMeter({ perSecond, limit }: { readonly perSecond: number; readonly limit: number }): JSX.Element {
  const text = `${formatCount(Number(perSecond.toPrecision(2)))} of ${formatRate(limit)}`;
  return <Meter used={perSecond} limit={limit} text={text} />;
}
