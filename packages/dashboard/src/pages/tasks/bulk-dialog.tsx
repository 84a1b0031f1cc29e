import type { JSX } from "preact";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { idOf, plural } from "../../format/format.ts";
import type { NewJobJson, TaskState } from "../../source/json.ts";
import type { TaskFilter } from "../../source/source.ts";
import { startJob } from "../../state/run-job.ts";
import { isCloud } from "../../state/server.ts";
import { appliesTo, type BulkAction, LABELS } from "./applicable-actions.ts";
import { jobFilter } from "./job-filter.ts";
import { chipText, FILTERS } from "./task-filters.ts";
import { type Counted, type TaskCount, useTaskCount } from "./use-task-count.ts";

const CONSEQUENCES: Readonly<Record<BulkAction, string>> = {
  run: "Each task is attempted now, even if its queue is paused.",
  delete: "These tasks will not be delivered, and you cannot restore them.",
  redrive: "Each task is created again in its home queue, and the dead letter is deleted.",
  push: "Each task is created again in its queue, due now, with the same body and secrets.",
};

const MAY_SKIP = " A task is skipped if it was pushed again before, or if the emulator no longer has all of it.";

interface BulkDialogProps {
  readonly action: BulkAction;
  readonly filter: TaskFilter;
  /** The states of the tasks. */
  readonly states: ReadonlySet<TaskState>;
  /** The full names of the tasks; default: all that match the filter. */
  readonly names: readonly string[] | undefined;
  readonly onStart: () => void;
  readonly onClose: () => void;
}

/** Names the tasks of an action and its consequences, and starts it after a confirmation. */
export function BulkDialog({ action, filter, states, names, onStart, onClose }: BulkDialogProps): JSX.Element {
  const job: NewJobJson = { action, ...(names === undefined ? { filter: jobFilter(filter) } : { tasks: names }) };
  const counted = useTaskCount(job, filter);
  const isMixed = !filter.deadLetters && [...states].some((state) => !appliesTo(action, state));
  const confirm = async (): Promise<void> => {
    await startJob(job);
    onStart();
  };
  return (
    <ConfirmDialog
      title={`${LABELS[action]}: ${subject(names, counted)}?`}
      action={LABELS[action]}
      danger={action === "delete"}
      onConfirm={confirm}
      onClose={onClose}
    >
      {names === undefined && <p class="wrap">{scopeText(filter)}</p>}
      {counted === "counting" && <p class="muted">Counting …</p>}
      {typeof counted === "object" && counted.skipped.length > 0 && <SkippedTasks skipped={counted.skipped} />}
      <p>
        {CONSEQUENCES[action]}
        {action === "push" && counted === undefined && MAY_SKIP}
        {isMixed && (action === "push" ? " Tasks that still exist are skipped." : " Finished tasks are skipped.")}
      </p>
      {action === "push" && states.has("discarded") && (
        <p>
          A discarded task can have a dead letter. Redrive the dead letter or push the task again, but not both: the
          work would be done twice.
        </p>
      )}
      {action === "run" && isCloud() && (
        <p>Cloud Tasks accepts 60 of these calls per minute, so one task runs per second.</p>
      )}
    </ConfirmDialog>
  );
}

function subject(names: readonly string[] | undefined, counted: Counted): string {
  if (typeof counted === "object") return `${counted.isMore ? "more than " : ""}${plural(counted.count, "task")}`;
  return names === undefined ? "all tasks that match" : plural(names.length, "task");
}

function SkippedTasks({ skipped }: Pick<TaskCount, "skipped">): JSX.Element {
  return (
    <div class="notice warn">
      <ul>
        {skipped.map(({ reason, count }) => (
          <li key={reason} class="wrap">
            {plural(count, "task")} will be skipped: {reason}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Names the tasks of "all that match", which the page has not loaded. */
function scopeText({ queue, deadLetters, ...filter }: TaskFilter): string {
  const what = deadLetters ? "dead letters" : "tasks";
  const where = queue === undefined ? "of all queues" : `of the queue ${idOf(queue)}`;
  const chips = FILTERS.flatMap((name) => {
    const value = name === "sort" || name === "queue" ? undefined : filter[name];
    return value === undefined ? [] : [chipText(name, value)];
  });
  return `This applies to all ${what} ${where}${chips.length === 0 ? "" : ` with ${chips.join(", ")}`}.`;
}
