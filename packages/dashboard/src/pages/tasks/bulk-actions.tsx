import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { idOf, plural } from "../../format/format.ts";
import type { JobFilterJson, NewJobJson } from "../../source/json.ts";
import type { TaskFilter } from "../../source/source.ts";
import { startJob } from "../../state/run-job.ts";
import type { Selection } from "../../state/selection.ts";
import { canWrite, isCloud } from "../../state/server.ts";
import { chipText, FILTERS } from "./task-filters.ts";

interface BulkActionsProps {
  readonly filter: TaskFilter;
  readonly selection: Selection;
  /** The number of loaded tasks. */
  readonly loaded: number;
  readonly actions?: readonly NewJobJson["action"][];
}

const LABELS: Readonly<Record<NewJobJson["action"], string>> = { run: "Run now", delete: "Delete", redrive: "Redrive" };

const CONSEQUENCES: Readonly<Record<NewJobJson["action"], string>> = {
  run: "Each task is attempted now, even if its queue is paused. Finished tasks are skipped.",
  delete: "These tasks will not be delivered, and you cannot restore them. Finished tasks are skipped.",
  redrive: "Each task is created again in its home queue, and the dead letter is deleted.",
};

/** Actions over the selected tasks, or over everything that matches the filters. */
export function BulkActions({
  filter,
  selection,
  loaded,
  actions = ["run", "delete"],
}: BulkActionsProps): JSX.Element | null {
  const [action, setAction] = useState<NewJobJson["action"]>();
  if (!canWrite()) return null;
  const names = selection.names.value;
  const isAll = selection.all.value;
  const subject = isAll ? "all tasks that match" : plural(names.size, "task");
  const confirm = async (): Promise<void> => {
    if (action === undefined) return;
    await startJob({ action, ...(isAll ? { filter: jobFilter(filter) } : { tasks: [...names] }) });
    // The dialog is unmounted with the selection, so it cannot close itself.
    setAction(undefined);
    selection.clear();
  };
  // A job has no filter by time, and would apply to other tasks too.
  const hasTime = filter.from !== undefined || filter.to !== undefined;
  if (names.size === 0 && !isAll) {
    return (
      <button type="button" class="button" disabled={loaded === 0 || hasTime} onClick={selection.selectAll}>
        {hasTime ? "Select all that match (remove the time filter first)" : "Select all that match"}
      </button>
    );
  }
  return (
    <div class="row">
      <strong role="status">Selected: {subject}</strong>
      {actions.map((name) => (
        <button
          key={name}
          type="button"
          class={`button ${name === "delete" ? "danger" : ""}`}
          onClick={() => setAction(name)}
        >
          {LABELS[name]}
        </button>
      ))}
      {!isAll && !hasTime && (
        <button type="button" class="button plain" onClick={selection.selectAll}>
          Select all that match
        </button>
      )}
      <button type="button" class="button plain" onClick={selection.clear}>
        Select none
      </button>
      {action !== undefined && (
        <ConfirmDialog
          title={`${LABELS[action]}: ${subject}?`}
          action={LABELS[action]}
          danger={action === "delete"}
          onConfirm={confirm}
          onClose={() => setAction(undefined)}
        >
          {isAll && <p class="wrap">{scopeText(filter)}</p>}
          <p>{CONSEQUENCES[action]}</p>
          {action === "run" && isCloud() && (
            <p>Cloud Tasks accepts 60 of these calls per minute, so one task runs per second.</p>
          )}
        </ConfirmDialog>
      )}
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

function jobFilter({ queue, state, definition, status, text, deadLetters, reason }: TaskFilter): JobFilterJson {
  const entries = Object.entries({ queue, state, definition, status, text, deadLetters, reason });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
