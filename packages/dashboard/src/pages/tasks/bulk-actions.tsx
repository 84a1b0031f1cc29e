import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { plural } from "../../format/format.ts";
import type { NewJobJson, TaskState } from "../../source/json.ts";
import type { TaskFilter } from "../../source/source.ts";
import type { Selection } from "../../state/selection.ts";
import { canWrite } from "../../state/server.ts";
import { applicableActions, LABELS } from "./applicable-actions.ts";
import { BulkDialog } from "./bulk-dialog.tsx";
import { statesIn } from "./task-filters.ts";

interface BulkActionsProps {
  readonly filter: TaskFilter;
  readonly selection: Selection;
  /** The number of loaded tasks. */
  readonly loaded: number;
  /** Returns the states of the selected tasks. */
  readonly selectedStates: () => ReadonlySet<TaskState>;
}

/** Actions over the selected tasks, or over everything that matches the filters. An action that would skip all of them is not offered. */
export function BulkActions({ filter, selection, loaded, selectedStates }: BulkActionsProps): JSX.Element | null {
  const [action, setAction] = useState<NewJobJson["action"]>();
  if (!canWrite()) return null;
  const names = selection.names.value;
  const isAll = selection.all.value;
  if (names.size === 0 && !isAll) {
    return (
      <button type="button" class="button" disabled={loaded === 0} onClick={selection.selectAll}>
        Select all that match
      </button>
    );
  }
  const states = isAll ? statesIn(filter) : selectedStates();
  return (
    <div class="row">
      <strong role="status">Selected: {isAll ? "all tasks that match" : plural(names.size, "task")}</strong>
      {applicableActions(filter, states).map((name) => (
        <button
          key={name}
          type="button"
          class={`button ${name === "delete" ? "danger" : ""}`}
          onClick={() => setAction(name)}
        >
          {LABELS[name]}
        </button>
      ))}
      {!isAll && (
        <button type="button" class="button plain" onClick={selection.selectAll}>
          Select all that match
        </button>
      )}
      <button type="button" class="button plain" onClick={selection.clear}>
        Select none
      </button>
      {action !== undefined && (
        <BulkDialog
          action={action}
          filter={filter}
          states={states}
          names={isAll ? undefined : [...names]}
          onStart={() => {
            // The dialog is unmounted with the selection, so it cannot close itself.
            setAction(undefined);
            selection.clear();
          }}
          onClose={() => setAction(undefined)}
        />
      )}
    </div>
  );
}
