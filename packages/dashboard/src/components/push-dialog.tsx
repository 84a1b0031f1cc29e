import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ownHeaders } from "../format/own-headers.ts";
import { source } from "../source/http-source.ts";
import type { TaskDetailJson } from "../source/json.ts";
import { hrefOf, navigate } from "../state/router.ts";
import { useResource } from "../state/use-resource.ts";
import { LoadState } from "./load-state.tsx";
import { BodyField, QueueField, SecretFields } from "./push-fields.tsx";
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
    return pushedTask(await source.task(from, WHOLE_BODY_BYTES, signal), replace ?? false);
  });
  return <LoadState of={detail}>{(copied) => <PushForm {...props} copied={copied} />}</LoadState>;
}

/** @throws Error if the server no longer has the request */
function pushedTask({ task, attempts = [] }: TaskDetailJson, replace: boolean): PushedTask {
  const { name, request, finishTime, hasSecrets } = task;
  if (request === undefined) throw new Error("The request of this task is no longer known.");
  // The server adds the token again.
  const hasToken = attempts[0]?.request?.tokenClaims !== undefined;
  const headers = ownHeaders(request.headers).filter(([each]) => !(hasToken && /^authorization$/i.test(each)));
  const masked = finishTime === undefined || hasSecrets ? [] : headers.filter(([, value]) => value.includes("***"));
  return {
    from: name,
    request: { ...request, headers },
    replace,
    secrets: masked.map(([each]) => each),
  };
}

interface PushFormProps {
  readonly queue?: string | undefined;
  readonly copied?: PushedTask;
  readonly onClose: () => void;
}

function PushForm({ queue, copied, onClose }: PushFormProps): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
  const [error, setError] = useState<string>();
  // A form that reads its task first is rendered after its dialog has taken the focus.
  useEffect(() => {
    if (document.activeElement?.matches("dialog")) form.current?.querySelector("select")?.focus();
  }, []);
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
    <form class="stack" ref={form} onSubmit={(event) => void submit(event as SubmitEvent)}>
      <QueueField queue={queue} />
      <label class="field">
        URL
        <input class="input mono" name="url" required defaultValue={copied?.request.url ?? ""} />
      </label>
      <SecretFields names={copied?.secrets ?? []} />
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
