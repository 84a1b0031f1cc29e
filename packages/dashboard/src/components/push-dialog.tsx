import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isJson, prettyJson } from "../format/pretty-json.ts";
import type { RequestJson } from "../source/json.ts";
import { hrefOf, navigate } from "../state/router.ts";
import { pushForm } from "./push-form.ts";

/** The task from which the form starts. */
export interface PushTemplate {
  /** The full name of the task to copy. Its secrets, which this page cannot read, are copied too. */
  readonly from: string;
  readonly request: Pick<RequestJson, "url" | "method" | "body">;
  /** Deletes the copied task: "edit and push again". */
  readonly delete?: boolean;
}

interface PushDialogProps {
  /** The full name of the queue. */
  readonly queue: string;
  readonly template?: PushTemplate | undefined;
  readonly onClose: () => void;
}

/** A form that pushes a task. A body that should be JSON is checked before it is sent. */
export function PushDialog({ queue, template, onClose }: PushDialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const body = template?.request.body ?? "{}";
  const [error, setError] = useState<string>();
  const [isSending, setSending] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setSending(true);
    setError(undefined);
    try {
      const name = await pushForm(queue, template, new FormData(event.currentTarget as HTMLFormElement));
      dialog.current?.close();
      navigate(hrefOf(["tasks", name]));
    } catch (failure) {
      setError((failure as Error).message);
      setSending(false);
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby="push-title" onClose={onClose}>
      <form class="stack" onSubmit={(event) => void submit(event as SubmitEvent)}>
        <h2 id="push-title">{template?.delete ? "Edit and push again" : "Push a task"}</h2>
        <label class="field">
          URL
          <input class="input mono" name="url" required defaultValue={template?.request.url ?? ""} />
        </label>
        <label class="field">
          Body
          <textarea class="input" name="body" rows={10} spellcheck={false} defaultValue={prettyJson(body) ?? body} />
        </label>
        <label class="row">
          <input type="checkbox" name="json" defaultChecked={isJson(body)} />
          The body is JSON
        </label>
        <label class="field">
          Delay in seconds
          <input class="input" name="delay" inputMode="decimal" defaultValue="0" />
        </label>
        {error !== undefined && (
          <p class="notice bad wrap" role="alert">
            {error}
          </p>
        )}
        <div class="row">
          <button type="submit" class="button primary" disabled={isSending}>
            Push
          </button>
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  );
}
