import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ActionButton } from "../../components/action-button.tsx";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { PushDialog } from "../../components/push-dialog.tsx";
import { idOf } from "../../format/format.ts";
import { source } from "../../source/http-source.ts";
import type { TaskWithRequestJson } from "../../source/json.ts";
import { startJob } from "../../state/run-job.ts";

type Dialog = "delete" | "duplicate" | "edit" | undefined;

/** Run now, edit, duplicate, delete and redrive. */
export function TaskActions({ task }: { readonly task: TaskWithRequestJson }): JSX.Element {
  const [dialog, setDialog] = useState<Dialog>();
  const { name, queue, request, state, deadLetter } = task;
  const isLive = ["scheduled", "due", "running", "retrying"].includes(state);
  const close = (): void => setDialog(undefined);
  return (
    <div class="row">
      {isLive && <ActionButton action={() => source.runTask(name)}>Run now</ActionButton>}
      {isLive && deadLetter !== undefined && (
        <ActionButton action={() => startJob({ action: "redrive", tasks: [name] })}>Redrive</ActionButton>
      )}
      {request !== undefined && (
        <>
          {isLive && (
            <button type="button" class="button" onClick={() => setDialog("edit")}>
              Edit and push again
            </button>
          )}
          <button type="button" class="button" onClick={() => setDialog("duplicate")}>
            Duplicate
          </button>
        </>
      )}
      {isLive && (
        <button type="button" class="button danger" onClick={() => setDialog("delete")}>
          Delete
        </button>
      )}
      {request !== undefined && (dialog === "edit" || dialog === "duplicate") && (
        <PushDialog queue={deadLetter?.homeQueue ?? queue} from={name} replace={dialog === "edit"} onClose={close} />
      )}
      {dialog === "delete" && (
        <ConfirmDialog
          title={`Delete ${idOf(name)}?`}
          action="Delete"
          danger
          onConfirm={() => source.deleteTask(name)}
          onClose={close}
        >
          <p>The task will not be delivered, and cannot be restored.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}
