import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { formatCount, formatRate } from "../../format/format.ts";
import { source } from "../../source/http-source.ts";
import type { QueueJson } from "../../source/json.ts";
import { refreshQueue } from "../../state/live.ts";
import { canWrite } from "../../state/server.ts";
import { retryText } from "../../words/attempts-text.ts";
import { changesOf, QUEUE_FIELDS } from "./queue-fields.ts";

/** The limits of a queue, which can be edited in place. */
export function QueueLimits({ queue }: { readonly queue: QueueJson }): JSX.Element {
  const [isEditing, setEditing] = useState(false);
  return (
    <section class="card" aria-label="Limits">
      {isEditing ? (
        <LimitsForm queue={queue} onDone={() => setEditing(false)} />
      ) : (
        <div class="row spread">
          <span>{limitsText(queue)}</span>
          {canWrite() && (
            <button type="button" class="button" onClick={() => setEditing(true)}>
              Edit
            </button>
          )}
        </div>
      )}
    </section>
  );
}

function LimitsForm({ queue, onDone }: { readonly queue: QueueJson; readonly onDone: () => void }): JSX.Element {
  const [error, setError] = useState<string>();
  const save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      const { changes, fields } = changesOf(queue, new FormData(event.currentTarget as HTMLFormElement));
      if (fields.length > 0) await source.updateQueue(queue.name, changes, fields);
      await refreshQueue(queue.name);
      onDone();
    } catch (failure) {
      setError((failure as Error).message);
    }
  };
  return (
    <form class="stack" onSubmit={(event) => void save(event as SubmitEvent)}>
      <div class="row">
        {QUEUE_FIELDS.map(({ name, label, read }) => (
          <label key={name} class="field">
            {label}
            <input class="input" name={name} defaultValue={read(queue)} inputMode="decimal" />
          </label>
        ))}
      </div>
      {error !== undefined && (
        <p class="notice bad" role="alert">
          {error}
        </p>
      )}
      <div class="row">
        <button type="submit" class="button primary">
          Save
        </button>
        <button type="button" class="button" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function limitsText(queue: QueueJson): string {
  const { maxDispatchesPerSecond, maxConcurrentDispatches } = queue;
  return `${formatRate(maxDispatchesPerSecond)}, ${formatCount(maxConcurrentDispatches)} at the same time, ${retryText(queue)}`;
}
