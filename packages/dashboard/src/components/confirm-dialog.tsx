import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

interface ConfirmDialogProps {
  readonly title: string;
  /** Names the tasks, queues or data that the action changes or deletes. */
  readonly children: ComponentChildren;
  /** The verb of the action, for example `Purge`. */
  readonly action: string;
  readonly danger?: boolean;
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}

/** A modal dialog that runs an action after a confirmation. It stays open with the error if the action fails. */
export function ConfirmDialog({
  title,
  children,
  action,
  danger,
  onConfirm,
  onClose,
}: ConfirmDialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [running, setRunning] = useState(false);
  const [error, setError] = useState<string>();
  useEffect(() => dialog.current?.showModal(), []);

  const confirm = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (running) return;
    setRunning(true);
    setError(undefined);
    try {
      await onConfirm();
      dialog.current?.close();
    } catch (failure) {
      setError((failure as Error).message);
      setRunning(false);
    }
  };

  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={onClose}>
      <form class="stack" onSubmit={confirm}>
        <h2 id="dialog-title">{title}</h2>
        {children}
        {error !== undefined && (
          <p class="notice bad" role="alert">
            {error}
          </p>
        )}
        <div class="row">
          <button type="submit" class={`button ${danger ? "danger" : "primary"}`} aria-disabled={running}>
            {running ? `${action} …` : action}
          </button>
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  );
}
