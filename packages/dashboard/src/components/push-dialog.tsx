import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isBodyCut } from "../format/body-size.ts";
import { formatBytes, idOf } from "../format/format.ts";
import { isJson, prettyJson } from "../format/pretty-json.ts";
import { source } from "../source/http-source.ts";
import type { RequestJson } from "../source/json.ts";
import { liveQueues } from "../state/live.ts";
import { hrefOf, navigate } from "../state/router.ts";
import { useResource } from "../state/use-resource.ts";
import { LoadState } from "./load-state.tsx";
import { type PushedTask, pushForm } from "./push-form.ts";

/** The largest body that Cloud Tasks accepts fits into this. */
const WHOLE_BODY_BYTES = 2_000_000;

interface PushDialogProps {
  /** The full name of the queue; default: the user chooses one. */
  readonly queue?: string | undefined;
  /** The full name of the task to copy. Its secrets, which this page cannot read, are copied too. */
  readonly from?: string | undefined;
  /** Deletes the copied task: "edit and push again". */
  readonly replace?: boolean;
  readonly onClose: () => void;
}

/** A form that pushes a task. A body that should be JSON is checked before it is sent. */
export function PushDialog({ queue, from, replace = false, onClose }: PushDialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = (): void => dialog.current?.close();
  const title = from === undefined ? "Push a task" : "Push a copy";
  return (
    <dialog ref={dialog} aria-labelledby="push-title" onClose={onClose}>
      <div class="stack">
        <h2 id="push-title">{replace ? "Edit and push again" : title}</h2>
        {from === undefined ? (
          <PushForm queue={queue} onClose={close} />
        ) : (
          <CopyForm queue={queue} from={from} replace={replace} onClose={close} />
        )}
      </div>
    </dialog>
  );
}

type CopyFormProps = Omit<PushDialogProps, "from"> & { readonly from: string };

/** Reads the whole body first, since a list has only its beginning. */
function CopyForm({ from, replace, ...props }: CopyFormProps): JSX.Element {
  const detail = useResource(`push ${from}`, async (signal) => {
    const { task } = await source.task(from, WHOLE_BODY_BYTES, signal);
    if (task.request === undefined) throw new Error("The request of this task is no longer known.");
    return { from, request: task.request, replace: replace ?? false };
  });
  return <LoadState of={detail}>{(copied) => <PushForm {...props} copied={copied} />}</LoadState>;
}

interface PushFormProps {
  readonly queue?: string | undefined;
  readonly copied?: PushedTask;
  readonly onClose: () => void;
}

function PushForm({ queue, copied, onClose }: PushFormProps): JSX.Element {
  const [error, setError] = useState<string>();
  const [isSending, setSending] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isSending) return;
    setSending(true);
    setError(undefined);
    try {
      const name = await pushForm(copied, new FormData(event.currentTarget as HTMLFormElement));
      onClose();
      navigate(hrefOf(["tasks", name]));
    } catch (failure) {
      setError((failure as Error).message);
      setSending(false);
    }
  };
  return (
    <form class="stack" onSubmit={(event) => void submit(event as SubmitEvent)}>
      <QueueField queue={queue} />
      <label class="field">
        URL
        <input class="input mono" name="url" required defaultValue={copied?.request.url ?? ""} />
      </label>
      <BodyField request={copied?.request} />
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
        <button type="submit" class="button primary" aria-disabled={isSending}>
          {isSending ? "Push …" : "Push"}
        </button>
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function QueueField({ queue }: { readonly queue: string | undefined }): JSX.Element {
  const names = [...liveQueues.peek().keys()].sort();
  const chosen = queue ?? names.find((name) => idOf(name) === "default") ?? names[0];
  // Without an option for a queue that was deleted, the browser would choose another queue.
  const options = chosen === undefined || names.includes(chosen) ? names : [chosen, ...names];
  return (
    <label class="field">
      Queue
      <select class="input" name="queue" required defaultValue={chosen}>
        {options.map((name) => (
          <option key={name} value={name} selected={name === chosen} title={name}>
            {idOf(name)}
            {!names.includes(name) && " (not found)"}
          </option>
        ))}
      </select>
    </label>
  );
}

function BodyField({ request }: { readonly request: RequestJson | undefined }): JSX.Element {
  const { body = "{}", bodyEncoding = "text", bodySize = 0, bodyNote } = request ?? {};
  const isCut = request !== undefined && isBodyCut(request);
  if (bodyEncoding === "base64" || isCut || bodyNote !== undefined) {
    const reason = isCut ? "only its beginning is known" : "it is not text";
    return (
      <p class="muted">
        The body of {formatBytes(bodySize)} is copied unchanged and cannot be edited: {reason}.
      </p>
    );
  }
  const text = prettyJson(body) ?? body;
  return (
    <>
      <label class="field">
        Body
        <textarea class="input" name="body" rows={10} spellcheck={false} defaultValue={text} />
      </label>
      <label class="row">
        <input type="checkbox" name="json" defaultChecked={isJson(body)} />
        The body is JSON
      </label>
    </>
  );
}
