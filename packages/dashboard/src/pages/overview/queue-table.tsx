import type { JSX } from "preact";
import { Sparkline } from "../../components/sparkline.tsx";
import { formatCount, formatDuration, formatRate } from "../../format/format.ts";
import type { QueueJson, StatsBucketJson } from "../../source/json.ts";
import { now } from "../../state/now.ts";
import { hrefOf } from "../../state/router.ts";

interface QueueTableProps {
  readonly queues: readonly QueueJson[];
  /** The recent statistics by full name of the queue. */
  readonly series: Readonly<Record<string, readonly StatsBucketJson[]>>;
}

/** All queues, with their tasks by state, their load, and their failures. */
export function QueueTable({ queues, series }: QueueTableProps): JSX.Element {
  return (
    <div class="table-wrap">
      <table class="table">
        <caption class="visually-hidden">Queues</caption>
        <thead>
          <tr>
            <th scope="col">Queue</th>
            <th scope="col">State</th>
            {["Due", "Scheduled", "Running", "Retrying"].map((title) => (
              <th scope="col" class="number" key={title}>
                {title}
              </th>
            ))}
            <th scope="col" class="number">
              Oldest due
            </th>
            <th scope="col" class="number">
              Rate
            </th>
            <th scope="col" class="number">
              Concurrency
            </th>
            <th scope="col">Last minutes</th>
            <th scope="col" class="number">
              Failed
            </th>
            <th scope="col" class="number">
              Dead
            </th>
          </tr>
        </thead>
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
  readonly queue: QueueJson;
  readonly buckets: readonly StatsBucketJson[];
}

function QueueRow({ queue, buckets }: QueueRowProps): JSX.Element {
  const { name, id, state, counts, lastMinute } = queue;
  const tab = (view: string, count: number): JSX.Element => (
    <td class="number">
      {count === 0 ? <span class="muted">0</span> : <a href={queueHref(name, view)}>{formatCount(count)}</a>}
    </td>
  );
  const finished = buckets.map((bucket) => bucket.succeeded + bucket.failed + bucket.discarded);
  return (
    <tr>
      <th scope="row">
        <a class="wrap" href={queueHref(name)}>
          {id}
        </a>
      </th>
      <td>
        <span class={`badge ${state === "RUNNING" ? "ok" : "warn"}`}>{state.toLowerCase()}</span>
      </td>
      {tab("waiting", counts.due)}
      {tab("waiting", counts.scheduled)}
      {tab("running", counts.running)}
      {tab("retrying", counts.retrying)}
      <td class="number">{oldestDue(queue)}</td>
      <td class="number">
        {formatRate(lastMinute.started / 60)} of {formatRate(queue.effectiveRate)}
      </td>
      <td class="number">
        {formatCount(queue.inFlight)} of {formatCount(queue.maxConcurrentDispatches)}
      </td>
      <td>
        <Sparkline values={finished} label={`${formatCount(sum(finished))} attempts in the last 5 minutes`} />
      </td>
      <td class="number">{failureRate(lastMinute)}</td>
      {tab("dead", queue.deadLetters)}
    </tr>
  );
}

/** Returns the address of a queue's page. */
export function queueHref(name: string, view?: string): string {
  return hrefOf(["queues", name, ...(view === undefined ? [] : [view])]);
}

function oldestDue({ isDue, nextScheduleTime }: QueueJson): string {
  return isDue && nextScheduleTime !== undefined ? formatDuration(now.value - Date.parse(nextScheduleTime)) : "–";
}

function failureRate({ succeeded, failed, discarded }: StatsBucketJson): string {
  const all = succeeded + failed + discarded;
  return all === 0 ? "–" : `${Math.round((100 * (failed + discarded)) / all)} %`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
