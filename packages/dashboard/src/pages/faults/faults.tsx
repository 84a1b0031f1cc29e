import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ActionButton } from "../../components/action-button.tsx";
import { LoadState } from "../../components/load-state.tsx";
import { source } from "../../source/http-source.ts";
import { liveQueues } from "../../state/live.ts";
import { useLiveReload } from "../../state/use-live-reload.ts";
import { useResource } from "../../state/use-resource.ts";
import { faultOf, faultText, faultUse, isOfDeliveries, KINDS, STATUS_KIND } from "./fault-form.ts";

/** Adds failures to simulate, shows how often each has applied, and removes them. */
export function Faults(): JSX.Element {
  const faults = useResource("faults", () => source.faults());
  useLiveReload(faults, "stats");
  return (
    <div class="stack">
      <h1>Faults</h1>
      <p>A fault makes calls or deliveries fail, so you can see how your app reacts.</p>
      <FaultForm onAdded={() => void faults.reload()} />
      <LoadState of={faults}>
        {({ faults: all }) =>
          all.length === 0 ? (
            <p class="muted">There are no faults.</p>
          ) : (
            <ul class="plain-list">
              {all.map((each) => (
                <li key={each.id} class="card row spread">
                  <span class="wrap">
                    {faultText(each.fault)} <span class="muted">{faultUse(each)}</span>
                  </span>
                  <ActionButton action={() => source.removeFault(each.id).then(() => faults.reload())}>
                    Remove
                  </ActionButton>
                </li>
              ))}
            </ul>
          )
        }
      </LoadState>
    </div>
  );
}

function FaultForm({ onAdded }: { readonly onAdded: () => void }): JSX.Element {
  const [error, setError] = useState<string>();
  const [kind, setKind] = useState(KINDS[0]?.name ?? "");
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      await source.addFault(faultOf(new FormData(event.currentTarget as HTMLFormElement)));
      setError(undefined);
      onAdded();
    } catch (failure) {
      setError((failure as Error).message);
    }
  };
  return (
    <form class="card stack" onSubmit={(event) => void submit(event as SubmitEvent)}>
      <div class="row">
        <label class="field">
          Fault
          <select class="input" name="kind" value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
            {KINDS.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        {kind === STATUS_KIND && (
          <label class="field">
            Status
            <input class="input" name="status" inputMode="numeric" defaultValue="500" />
          </label>
        )}
        <label class="field">
          How often: a number, or always
          <input class="input" name="times" defaultValue="1" />
        </label>
        {isOfDeliveries(kind) && <QueueField />}
      </div>
      {error !== undefined && (
        <p class="notice bad" role="alert">
          {error}
        </p>
      )}
      <div>
        <button type="submit" class="button primary">
          Add the fault
        </button>
      </div>
    </form>
  );
}

function QueueField(): JSX.Element {
  return (
    <label class="field">
      In the queue
      <select class="input" name="queue">
        <option value="">any queue</option>
        {[...liveQueues.value.values()].map(({ id }) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </select>
    </label>
  );
}
