import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { formatCount, formatDuration, formatTime, plural } from "../../format/format.ts";
import { source } from "../../source/http-source.ts";
import type { ScheduleJson } from "../../source/json.ts";
import { now } from "../../state/now.ts";
import { hrefOf } from "../../state/router.ts";
import { useHeld } from "../../state/use-held.ts";

interface ScheduleTableProps {
  readonly schedule: ScheduleJson;
  /** The id of the queue to which the schedule is limited; empty for all. */
  readonly queue: string;
}

/** A time to which the clock can be advanced. */
interface Target {
  readonly time: string;
  /** The tasks that become due until then. */
  readonly tasks: number;
}

/** The times at which tasks are due, with a button that advances the clock to each. */
export function ScheduleTable({ schedule, queue }: ScheduleTableProps): JSX.Element {
  const [{ buckets, stepMs, before }, handlers] = useHeld(schedule);
  const [target, setTarget] = useState<Target>();
  let sum = before;
  const rows = buckets.flatMap(({ time, tasks, retries }) => {
    sum += tasks;
    const end = new Date(Date.parse(time) + stepMs).toISOString();
    return tasks === 0 ? [] : [{ time, end, tasks, retries, until: { time: end, tasks: sum } }];
  });
  return (
    <div class="table-wrap" {...handlers}>
      <table class="table">
        <caption class="visually-hidden">Tasks by the time at which they are due</caption>
        <thead>
          <tr>
            <th scope="col">Due from</th>
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
          {rows.map(({ time, end, tasks, retries, until }) => (
            <tr key={time}>
              <td>
                <a href={hrefOf(["tasks"], { queue, state: "waiting", from: time, to: end, sort: "schedule" })}>
                  {formatTime(Date.parse(time), now.value)}
                </a>
              </td>
              <td class="number">{formatCount(tasks)}</td>
              <td class="number">{formatCount(retries)}</td>
              <td>
                <button type="button" class="button" onClick={() => setTarget(until)}>
                  Advance to here
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {target !== undefined && <AdvanceDialog target={target} queue={queue} onClose={() => setTarget(undefined)} />}
    </div>
  );
}

interface AdvanceDialogProps {
  readonly target: Target;
  readonly queue: string;
  readonly onClose: () => void;
}

function AdvanceDialog({ target, queue, onClose }: AdvanceDialogProps): JSX.Element {
  const time = Date.parse(target.time);
  const others = queue === "" ? "" : " and the tasks of other queues";
  return (
    <ConfirmDialog
      title={`Advance the clock to ${formatTime(time, now.value)}?`}
      action="Advance"
      onConfirm={() => source.advance({ to: target.time })}
      onClose={onClose}
    >
      <p>
        The clock moves ahead by {formatDuration(Math.max(0, time - now.value))}. By then,{" "}
        {plural(target.tasks, "task")}
        {others} {target.tasks === 1 && queue === "" ? "is" : "are"} due. Paused queues deliver none of them.
      </p>
    </ConfirmDialog>
  );
}
