import type { JSX } from "preact";
import { Moment } from "../../components/moment.tsx";
import { TimeAxis } from "../../components/time-axis.tsx";
import { formatCount, formatDuration, formatTime, plural } from "../../format/format.ts";
import type { ScheduleBucketJson, ScheduleJson } from "../../source/json.ts";
import { now } from "../../state/now.ts";

const HEIGHT = 140;
const BAR = 10;

/** The tasks ahead as bars on a time axis. The table below it states the same numbers. */
export function ScheduleChart({ schedule }: { readonly schedule: ScheduleJson }): JSX.Element {
  const { buckets, stepMs, from, to } = schedule;
  const most = Math.max(1, ...buckets.map(({ tasks }) => tasks));
  const start = Date.parse(from);
  return (
    <div class="card stack tight">
      <Summary schedule={schedule} />
      <p class="row spread muted">
        <span>{plural(most, "task")} in the highest bar</span>
        <span class="row">
          <span class="legend timeline">
            <span class="step running" /> scheduled
          </span>
          <span class="legend timeline">
            <span class="step warn" /> retries
          </span>
        </span>
      </p>
      <div>
        <svg
          class="chart"
          viewBox={`0 0 ${buckets.length * BAR} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          {buckets.map((bucket, index) => (
            <Bar key={bucket.time} bucket={bucket} x={index * BAR} unit={HEIGHT / most} />
          ))}
        </svg>
        <TimeAxis
          spanMs={Date.parse(to) - start}
          label={(offset) => (offset === 0 ? "now" : `+${formatDuration(offset)}`)}
        />
      </div>
      <p class="muted">
        Each bar covers {formatDuration(stepMs)}. The axis ends at {formatTime(Date.parse(to), now.value)}.
      </p>
    </div>
  );
}

function Summary({ schedule }: { readonly schedule: ScheduleJson }): JSX.Element {
  const { buckets, before, after, nextTime } = schedule;
  const total = buckets.reduce((sum, { tasks }) => sum + tasks, 0);
  return (
    <p>
      <strong>{plural(total, "task")} ahead</strong>
      {before > 0 && `, ${formatCount(before)} already due`}
      {after > 0 && `, ${formatCount(after)} after this range`}.
      {nextTime !== undefined && (
        <>
          {" "}
          The next one is due <Moment time={nextTime} />.
        </>
      )}
    </p>
  );
}

interface BarProps {
  readonly bucket: ScheduleBucketJson;
  readonly x: number;
  /** The height of a task. */
  readonly unit: number;
}

function Bar({ bucket: { tasks, retries }, x, unit }: BarProps): JSX.Element {
  const bar = (count: number, fill: string): JSX.Element => (
    <rect x={x + 1} y={HEIGHT - count * unit} width={BAR - 2} height={count * unit} fill={fill} />
  );
  return (
    <g>
      {bar(tasks, "var(--accent)")}
      {bar(retries, "var(--warn)")}
    </g>
  );
}
