import type { JSX } from "preact";
import { LoadState } from "../../components/load-state.tsx";
import { source } from "../../source/http-source.ts";
import { liveQueues } from "../../state/live.ts";
import { now } from "../../state/now.ts";
import { replaceQuery, route } from "../../state/router.ts";
import { useLiveReload } from "../../state/use-live-reload.ts";
import { useResource } from "../../state/use-resource.ts";
import { Clock } from "./clock.tsx";
import { ScheduleChart } from "./schedule-chart.tsx";
import { ScheduleTable } from "./schedule-table.tsx";

const BUCKETS = 60;

const ALL = "all";

/** The default is a week, because dead letters wait for a month. */
const RANGES: readonly (readonly [ms: string, text: string])[] = [
  ["3600000", "The next hour"],
  ["86400000", "The next day"],
  ["", "The next week"],
  [ALL, "Until the last task"],
];

const WEEK_MS = 604_800_000;

/** The tasks that wait, on a time axis, and the clock of the server. */
export function Schedule(): JSX.Element {
  const { query } = route.value;
  const [queue, range] = [query.get("queue") ?? "", query.get("range") ?? ""];
  const schedule = useResource(`${queue} ${range}`, (signal) => {
    const to = range === ALL ? {} : { to: new Date(now.peek() + (Number(range) || WEEK_MS)).toISOString() };
    return source.schedule({ queue, buckets: BUCKETS, ...to }, signal);
  });
  useLiveReload(schedule, "stats");
  useLiveReload(schedule, "clock");
  const queues = [...liveQueues.value.values()].map(({ id }) => [id, id] as const);
  return (
    <div class="stack">
      <h1>Schedule</h1>
      <Clock />
      <section class="stack tight" aria-labelledby="ahead">
        <div class="row spread">
          <h2 id="ahead">Tasks ahead</h2>
          <div class="row">
            <Choice name="queue" label="Queue" value={queue} options={[["", "All queues"], ...queues]} />
            <Choice name="range" label="Time" value={range} options={RANGES} />
          </div>
        </div>
        <LoadState of={schedule}>
          {(data) =>
            data.before + data.after + data.buckets.reduce((sum, { tasks }) => sum + tasks, 0) === 0 ? (
              <p class="muted">No task waits.</p>
            ) : (
              <>
                <ScheduleChart schedule={data} />
                <ScheduleTable schedule={data} queue={queue} />
              </>
            )
          }
        </LoadState>
      </section>
    </div>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
}

function Choice({ name, label, value, options }: ChoiceProps): JSX.Element {
  return (
    <select
      class="input choice"
      aria-label={label}
      value={value}
      onChange={(event) => replaceQuery({ [name]: event.currentTarget.value })}
    >
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </select>
  );
}
