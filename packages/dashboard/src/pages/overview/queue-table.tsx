import type { JSX } from "preact";
import { Meter } from "../../components/meter.tsx";
import { Sparkline } from "../../components/sparkline.tsx";
import { type Column, TableHead } from "../../components/table-head.tsx";
import { formatCount, formatDuration, formatRate, formatShare } from "../../format/format.ts";
import type { EmulatorQueueJson, QueueJson, StatsBucketJson } from "../../source/json.ts";
import { now } from "../../state/now.ts";
import { hrefOf } from "../../state/router.ts";

interface QueueTableProps {
  readonly queues: readonly EmulatorQueueJson[];
  /** The recent statistics by full name of the queue. */
  readonly series: Readonly<Record<string, readonly StatsBucketJson[]>>;
}

const COLUMNS: readonly Column[] = [
  ["Queue", false],
  ["State", false],
  ["Due", true, "Tasks whose time has passed: they wait for the rate, the concurrency or a resume"],
  ["Scheduled", true, "Tasks whose time is in the future"],
  ["Running", true, "Tasks with an attempt in flight"],
  ["Retrying", true, "Tasks that have failed and wait for their next attempt"],
  ["Oldest due", true, "The time since the oldest due task became due"],
  ["Rate", true, "Attempts per second in the last minute, and the limit"],
  ["Concurrency", true, "Attempts in flight, and the limit"],
  ["5 minutes", false, "Finished attempts in the last 5 minutes"],
  ["Failed", true, "The share of the attempts in the last minute that failed"],
  ["Dead letters", true, "Discarded tasks that this queue keeps until they are redriven"],
];

/** All queues, with their tasks by state, their load, and their failures. */
export function QueueTable({ queues, series }: QueueTableProps): JSX.Element {
  return (
    <div class="table-wrap">
      <table class="table cards dense queues">
        <caption class="visually-hidden">Queues</caption>
        <TableHead columns={COLUMNS} />
        <tbody>
          {queues.map((queue) => (
            <QueueRow key={queue.name} queue={queue} buckets={series[queue.name] ?? []} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface QueueRowProps {
  readonly queue: EmulatorQueueJson;
  readonly buckets: readonly StatsBucketJson[];
}

function QueueRow({ queue, buckets }: QueueRowProps): JSX.Element {
  const { name, id, state, counts, inFlight, maxConcurrentDispatches, effectiveRate, lastMinute } = queue;
  // The last bucket is not over yet, so its count would look like a drop.
  const finished = buckets.slice(0, -1).map(finishedIn);
  const perSecond = lastMinute.started / 60;
  return (
    <tr>
      <th scope="row" class="clip" title={id}>
        <a href={queueHref(name)}>{id}</a>
      </th>
      <td data-label="State">
        <span class={`badge ${state === "RUNNING" ? "ok" : "warn"}`}>{state.toLowerCase()}</span>
      </td>
      <CountCell label="Due" count={counts.due} href={queueHref(name, "waiting")} />
      <CountCell label="Scheduled" count={counts.scheduled} href={queueHref(name, "waiting")} />
      <CountCell label="Running" count={counts.running} href={queueHref(name, "running")} />
      <CountCell label="Retrying" count={counts.retrying} href={queueHref(name, "retrying")} />
      <td data-label="Oldest due" class="number">
        {oldestDue(queue)}
      </td>
      <td data-label="Rate" class="number double">
        <Meter
          used={perSecond}
          limit={effectiveRate}
          text={`${formatCount(Number(perSecond.toPrecision(2)))} of ${formatRate(effectiveRate)}`}
        />
      </td>
      <td data-label="Concurrency" class="number double">
        <Meter
          used={inFlight}
          limit={maxConcurrentDispatches}
          text={`${formatCount(inFlight)} of ${formatCount(maxConcurrentDispatches)}`}
        />
      </td>
      <td data-label="5 minutes" class="double">
        <Sparkline values={finished} label={`${formatCount(sum(finished))} attempts in the last 5 minutes`} />
      </td>
      <td data-label="Failed" class="number">
        <FailureRate bucket={lastMinute} />
      </td>
      <CountCell label="Dead letters" count={queue.deadLetters} href={queueHref(name, "dead")} />
    </tr>
  );
}

interface CountCellProps {
  readonly label: string;
  readonly count: number;
  readonly href: string;
}

function CountCell({ label, count, href }: CountCellProps): JSX.Element {
  return (
    <td data-label={label} class="number">
      {count === 0 ? <span class="muted">0</span> : <a href={href}>{formatCount(count)}</a>}
    </td>
  );
}

/** The share of the attempts that failed; a dash without attempts. */
function FailureRate({ bucket }: { readonly bucket: StatsBucketJson }): JSX.Element {
  const all = finishedIn(bucket);
  if (all === 0) return <span class="muted">–</span>;
  const failed = bucket.failed + bucket.discarded;
  if (failed === 0) return <span class="muted">{formatShare(0)}</span>;
  return <span class="badge bad">{formatShare(failed / all)}</span>;
}

/** Returns the address of a queue's page. */
export function queueHref(name: string, view?: string): string {
  return hrefOf(["queues", name, ...(view === undefined ? [] : [view])]);
}

/** Returns how long ago the oldest due task of a queue became due; a dash if none is due. */
export function oldestDue({ isDue, nextScheduleTime }: Pick<QueueJson, "isDue" | "nextScheduleTime">): string {
  if (!isDue || nextScheduleTime === undefined) return "–";
  return formatDuration(Math.max(0, Math.round((now.value - Date.parse(nextScheduleTime)) / 1_000) * 1_000));
}

function finishedIn({ succeeded, failed, discarded }: StatsBucketJson): number {
  return succeeded + failed + discarded;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
