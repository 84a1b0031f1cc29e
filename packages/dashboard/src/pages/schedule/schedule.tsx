import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ActionButton } from "../../components/action-button.tsx";
import { LoadState } from "../../components/load-state.tsx";
import { Moment } from "../../components/moment.tsx";
import { formatCount, formatDuration, formatTime, plural } from "../../format/format.ts";
import { source } from "../../source/http-source.ts";
import type { ScheduleJson } from "../../source/json.ts";
import { clockSkewMs, liveQueues } from "../../state/live.ts";
import { now } from "../../state/now.ts";
import { hrefOf, replaceQuery, route } from "../../state/router.ts";
import { useLiveReload } from "../../state/use-live-reload.ts";
import { useResource } from "../../state/use-resource.ts";

/** A smaller difference is the time that a request takes. */
const TURNED_MS = 2_000;

const RANGES = [
  ["", "everything"],
  ["3600000", "the next hour"],
  ["86400000", "the next day"],
  ["604800000", "the next week"],
] as const;

/** The tasks that wait, on a time axis, and the clock of the server. */
export function Schedule(): JSX.Element {
  const { query } = route.value;
  const [queue, range] = [query.get("queue") ?? "", query.get("range") ?? ""];
  const schedule = useResource(`${queue} ${range}`, (signal) => {
    const to = range === "" ? {} : { to: new Date(now.peek() + Number(range)).toISOString() };
    return source.schedule({ queue, buckets: 60, ...to }, signal);
  });
  useLiveReload(schedule, "stats");
  return (
    <div class="stack">
      <h1>Schedule</h1>
      <Clock />
      <div class="row">
        <select
          class="input choice"
          aria-label="Queue"
          value={queue}
          onChange={(event) => replaceQuery({ queue: event.currentTarget.value })}
        >
          <option value="">All queues</option>
          {[...liveQueues.value.values()].map(({ id }) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
        <select
          class="input choice"
          aria-label="Time"
          value={range}
          onChange={(event) => replaceQuery({ range: event.currentTarget.value })}
        >
          {RANGES.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </div>
      <LoadState of={schedule}>{(data) => <ScheduleChart schedule={data} queue={queue} />}</LoadState>
    </div>
  );
}

/** The time of the server, with buttons that advance its clock. */
function Clock(): JSX.Element {
  const [by, setBy] = useState("1h");
  const skew = clockSkewMs.value;
  const isTurned = Math.abs(skew) > TURNED_MS;
  return (
    <section class="card row" aria-label="Clock of the emulator">
      <span>
        The emulator's time is <strong>{formatTime(now.value, Date.now())}</strong>
        {isTurned && `, ${formatDuration(skew)} ahead`}.
      </span>
      <label class="row">
        Advance by
        <input class="input short" value={by} onInput={(event) => setBy(event.currentTarget.value)} />
      </label>
      <ActionButton action={() => source.advance({ by })}>Advance</ActionButton>
      {isTurned && <ActionButton action={() => source.turnBack()}>Back to the real time</ActionButton>}
    </section>
  );
}

const HEIGHT = 140;
const BAR = 10;

function ScheduleChart({ schedule, queue }: { readonly schedule: ScheduleJson; readonly queue: string }): JSX.Element {
  const { buckets, stepMs, before, after, nextTime, from, to } = schedule;
  const total = buckets.reduce((sum, { tasks }) => sum + tasks, 0);
  const most = Math.max(1, ...buckets.map(({ tasks }) => tasks));
  if (total + before + after === 0) return <p class="muted">No task waits.</p>;
  return (
    <section class="card stack" aria-label="Tasks by the time at which they are due">
      <p>
        {plural(total, "task")} ahead, {formatCount(before)} due before, {formatCount(after)} after this range.
        {nextTime !== undefined && (
          <>
            {" "}
            The next one is due <Moment time={nextTime} />.
          </>
        )}
      </p>
      <svg
        class="chart"
        viewBox={`0 0 ${buckets.length * BAR} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {buckets.map(({ time, tasks, retries }, index) => {
          const height = (tasks / most) * HEIGHT;
          const retrying = (retries / most) * HEIGHT;
          return (
            <g key={time}>
              <rect x={index * BAR + 1} y={HEIGHT - height} width={BAR - 2} height={height} fill="var(--accent)" />
              <rect x={index * BAR + 1} y={HEIGHT - retrying} width={BAR - 2} height={retrying} fill="var(--warn)" />
            </g>
          );
        })}
      </svg>
      <p class="row spread muted">
        <span>{formatTime(Date.parse(from), now.value)}</span>
        <span>{formatDuration(stepMs)} per bar; retries in the lower part</span>
        <span>{formatTime(Date.parse(to), now.value)}</span>
      </p>
      <details>
        <summary>As a table, to advance the clock to a time</summary>
        <ScheduleTable schedule={schedule} queue={queue} />
      </details>
    </section>
  );
}

function ScheduleTable({ schedule, queue }: { readonly schedule: ScheduleJson; readonly queue: string }): JSX.Element {
  return (
    <table class="table">
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col" class="number">
            Tasks
          </th>
          <th scope="col" class="number">
            Retries
          </th>
          <th scope="col">Clock</th>
        </tr>
      </thead>
      <tbody>
        {schedule.buckets
          .filter(({ tasks }) => tasks > 0)
          .map(({ time, tasks, retries }) => {
            const end = new Date(Date.parse(time) + schedule.stepMs).toISOString();
            return (
              <tr key={time}>
                <td>
                  <a href={hrefOf(["tasks"], { queue, state: "waiting", from: time, to: end, sort: "schedule" })}>
                    {formatTime(Date.parse(time), now.value)}
                  </a>
                </td>
                <td class="number">{formatCount(tasks)}</td>
                <td class="number">{formatCount(retries)}</td>
                <td>
                  <ActionButton action={() => source.advance({ to: end })}>Advance to here</ActionButton>
                </td>
              </tr>
            );
          })}
      </tbody>
    </table>
  );
}
