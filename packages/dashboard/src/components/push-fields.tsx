import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { formatBytes, idOf } from "../format/format.ts";
import { isJson, prettyJson } from "../format/pretty-json.ts";
import type { RequestJson } from "../source/json.ts";
import { liveQueues } from "../state/live.ts";
import { enteredSecret, secretField } from "./push-form.ts";

/** Chooses the queue of the new task. */
export function QueueField({ queue }: { readonly queue: string | undefined }): JSX.Element {
  // A page that was just opened does not know the queues yet. Later updates are not read, because they would undo the user's choice.
  const isKnown = useComputed(() => liveQueues.value.size > 0).value;
  const names = [...liveQueues.peek().keys()].sort();
  const chosen = queue ?? names.find((name) => idOf(name) === "default") ?? names[0];
  // Without an option for a queue that was deleted, the browser would choose another queue.
  const options = chosen === undefined || names.includes(chosen) ? names : [chosen, ...names];
  return (
    <label class="field">
      Queue
      <select key={String(isKnown)} class="input" name="queue" required defaultValue={chosen}>
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

/** The fields for secrets, which the history of an emulator does not keep. */
export function SecretFields({ names }: { readonly names: readonly string[] }): JSX.Element | null {
  if (names.length === 0) return null;
  return (
    <>
      <p class="muted">The task has finished, and the history keeps no secrets. Enter them again:</p>
      {names.map((name) => (
        <label key={name} class="field">
          {name}
          <input
            class="input mono"
            type="password"
            name={secretField(name)}
            required
            autocomplete="off"
            defaultValue={enteredSecret(name)}
          />
        </label>
      ))}
    </>
  );
}

/** The body, unless it cannot be edited as text. */
export function BodyField({ request }: { readonly request: RequestJson | undefined }): JSX.Element {
  const { body = "{}", bodyEncoding = "text", bodySize = 0, bodyNote, isBodyCut: isCut = false } = request ?? {};
  if (!isCut && (bodyEncoding === "base64" || bodyNote !== undefined)) {
    return (
      <p class="muted">The body of {formatBytes(bodySize)} is copied unchanged and cannot be edited: it is not text.</p>
    );
  }
  const text = isCut ? "" : (prettyJson(body) ?? body);
  return (
    <>
      {isCut && (
        <p class="muted">
          The task has finished, and the history has only the beginning of its body of {formatBytes(bodySize)}. Enter
          the whole body:
        </p>
      )}
      <label class="field">
        Body
        <textarea class="input" name="body" rows={10} spellcheck={false} required={isCut} defaultValue={text} />
      </label>
      <label class="row">
        <input type="checkbox" name="json" defaultChecked={isJson(body)} />
        The body is JSON
      </label>
    </>
  );
}
