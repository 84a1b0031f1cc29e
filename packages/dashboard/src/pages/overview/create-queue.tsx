import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { source } from "../../source/http-source.ts";
import { readNow } from "../../state/live.ts";
import { hrefOf, navigate } from "../../state/router.ts";
import { canWrite, server } from "../../state/server.ts";

/** A button that opens a form for a new queue. Its limits can be edited on its page. */
export function CreateQueue(): JSX.Element | null {
  const [isOpen, setOpen] = useState(false);
  if (!canWrite()) return null;
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        Create a queue
      </button>
      {isOpen && <CreateDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function CreateDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<string>();
  useEffect(() => dialog.current?.showModal(), []);
  const create = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const id = String(new FormData(event.currentTarget as HTMLFormElement).get("id") ?? "").trim();
    try {
      const { project, location } = server();
      const name = `projects/${project}/locations/${location}/queues/${id}`;
      await source.createQueue(name, {});
      await readNow();
      dialog.current?.close();
      navigate(hrefOf(["queues", name]));
    } catch (failure) {
      setError((failure as Error).message);
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby="create-title" onClose={onClose}>
      <form class="stack" onSubmit={(event) => void create(event as SubmitEvent)}>
        <h2 id="create-title">Create a queue</h2>
        <label class="field">
          Id: letters, digits and hyphens
          <input class="input mono" name="id" required maxLength={100} pattern="[A-Za-z0-9\-]+" autocomplete="off" />
        </label>
        <p class="muted">It starts with the default limits, which can be edited on its page.</p>
        {error !== undefined && (
          <p class="notice bad wrap" role="alert">
            {error}
          </p>
        )}
        <div class="row">
          <button type="submit" class="button primary">
            Create
          </button>
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  );
}
