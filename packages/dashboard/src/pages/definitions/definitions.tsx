import type { JSX } from "preact";
import { LoadState } from "../../components/load-state.tsx";
import { source } from "../../source/http-source.ts";
import { useLiveReload } from "../../state/use-live-reload.ts";
import { useResource } from "../../state/use-resource.ts";
import { DefinitionCard } from "./definition-card.tsx";

/** The task definitions that the server has seen, with their load, failures and last payloads. */
export function Definitions(): JSX.Element {
  const definitions = useResource("definitions", (signal) => source.definitions(signal));
  useLiveReload(definitions, "stats", ({ queues }) => queues.length > 0);
  return (
    <div class="stack">
      <div class="stack tight">
        <h1>Definitions</h1>
        <p class="muted">Rates, failures, durations and lateness cover the last hour.</p>
      </div>
      <LoadState of={definitions}>
        {({ definitions: all }) =>
          all.length === 0 ? (
            <p class="muted">
              The emulator has received no task with a definition since it started. The library sends the name of the
              definition in the header <code>CloudTask-Name</code>.
            </p>
          ) : (
            all.map((definition) => <DefinitionCard key={definition.name} definition={definition} />)
          )
        }
      </LoadState>
    </div>
  );
}
