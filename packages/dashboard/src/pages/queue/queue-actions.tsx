import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ActionButton } from "../../components/action-button.tsx";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { formatCount, plural } from "../../format/format.ts";
import { source } from "../../source/http-source.ts";
import type { QueueJson } from "../../source/json.ts";
import { readNow, refreshQueue } from "../../state/live.ts";
import { hrefOf, navigate } from "../../state/router.ts";
import { canWrite, isCloud } from "../../state/server.ts";

type Dialog = "purge" | "delete" | undefined;

/** Pause or resume, purge, delete. Purge and delete name the tasks that are lost. */
export function QueueActions({ queue }: { readonly queue: QueueJson }): JSX.Element | null {
  const [dialog, setDialog] = useState<Dialog>();
  if (!canWrite()) return null;
  const { name, id, state } = queue;
  const lost = lostText(queue);
  const close = (): void => setDialog(undefined);
  return (
    <div class="row">
      {state === "RUNNING" ? (
        <ActionButton action={() => source.pauseQueue(name).then(() => refreshQueue(name))}>Pause</ActionButton>
      ) : (
        <ActionButton action={() => source.resumeQueue(name).then(() => refreshQueue(name))}>Resume</ActionButton>
      )}
      <button type="button" class="button danger" onClick={() => setDialog("purge")}>
        Purge
      </button>
      <button type="button" class="button danger" onClick={() => setDialog("delete")}>
        Delete
      </button>
      {dialog === "purge" && (
        <ConfirmDialog
          title={`Purge ${id}?`}
          action="Purge"
          danger
          onConfirm={() => source.purgeQueue(name).then(() => refreshQueue(name))}
          onClose={close}
        >
          <p>
            This deletes all tasks of the queue: <strong>{lost}</strong>. They cannot be restored, and their names stay
            in use for a while.
          </p>
        </ConfirmDialog>
      )}
      {dialog === "delete" && (
        <ConfirmDialog
          title={`Delete the queue ${id}?`}
          action="Delete"
          danger
          onConfirm={async () => {
            await source.deleteQueue(name);
            await readNow();
            navigate(hrefOf([]));
          }}
          onClose={close}
        >
          <p>
            This deletes the queue and its tasks: <strong>{lost}</strong>. On Google Cloud, the name of a deleted queue
            cannot be used again for days.
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}

/** Google Cloud estimates the numbers, or does not state them. */
function lostText({ tasks, inFlight }: QueueJson): string {
  if (tasks === undefined) return "their number is unknown";
  return `${isCloud() ? "about " : ""}${plural(tasks, "task")}, ${formatCount(inFlight ?? 0)} in flight`;
}
