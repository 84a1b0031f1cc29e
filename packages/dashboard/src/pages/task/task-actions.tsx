import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ActionButton } from "../../components/action-button.tsx";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { PushDialog } from "../../components/push-dialog.tsx";
import { idOf } from "../../format/format.ts";
import { source } from "../../source/http-source.ts";
import type { TaskWithRequestJson } from "../../source/json.ts";
import { readNow } from "../../state/live.ts";
import { navigate } from "../../state/router.ts";
import { startJob } from "../../state/run-job.ts";
import { canWrite, isCloud } from "../../state/server.ts";
import { queueHref } from "../overview/queue-table.tsx";

type Dialog = "delete" | "duplicate" | "edit" | undefined;

interface TaskActionsProps {
  readonly task: TaskWithRequestJson;
  /** Whether the task no longer exists. An open form stays, because the user may have typed into it. */
  readonly isGone: boolean;
}

/** Run now, edit, duplicate or push again, delete and redrive. */
export function TaskActions({ task, isGone }: TaskActionsProps): JSX.Element | null {
  const [dialog, setDialog] = useState<Dialog>();
  if (!canWrite()) return null;
  const { name, queue, state, deadLetter } = task;
  // Without the permission to read the body, the task cannot be copied.
  const request = task.bodiesHidden === undefined ? task.request : undefined;
  const isLive = !isGone && ["scheduled", "due", "running", "retrying"].includes(state);
  const close = (): void => setDialog(undefined);
  return (
    <div class="row">
      {isLive && <ActionButton action={() => source.runTask(name).then(readNow)}>Run now</ActionButton>}
      {isLive && deadLetter !== undefined && (
        <ActionButton action={() => startJob({ action: "redrive", tasks: [name] })}>Redrive</ActionButton>
      )}
      {request !== undefined && !isGone && (
        <>
          {isLive && (
            <button type="button" class="button" onClick={() => setDialog("edit")}>
              Edit and push again
            </button>
          )}
          <button type="button" class="button" onClick={() => setDialog("duplicate")}>
            {isLive ? "Duplicate" : "Push again"}
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
          onConfirm={async () => {
            await source.deleteTask(name);
            // Google Cloud keeps nothing of a deleted task.
            if (isCloud()) navigate(queueHref(queue));
          }}
          onClose={close}
        >
          <p>The task will not be delivered, and cannot be restored.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}
