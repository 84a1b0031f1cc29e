import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { LoadState } from "../../components/load-state.tsx";
import { Moment } from "../../components/moment.tsx";
import { PushDialog } from "../../components/push-dialog.tsx";
import { Sparkline } from "../../components/sparkline.tsx";
import { formatCount, formatDuration } from "../../format/format.ts";
import { payloadText } from "../../format/payload-text.ts";
import { source } from "../../source/http-source.ts";
import type { DefinitionJson, PayloadJson, PercentilesJson } from "../../source/json.ts";
import { hrefOf } from "../../state/router.ts";
import { useLiveReload } from "../../state/use-live-reload.ts";
import { useResource } from "../../state/use-resource.ts";

/** The task definitions that the server has seen, with their load, failures and last payloads. */
export function Definitions(): JSX.Element {
  const definitions = useResource("definitions", (signal) => source.definitions(signal));
  useLiveReload(definitions, "attempt", (event) => event.phase === "finished");
  return (
    <div class="stack">
      <h1>Definitions</h1>
      <LoadState of={definitions}>
        {({ definitions: all }) =>
          all.length === 0 ? (
            <p class="muted">
              No task of a definition has been seen. The library sends the name of the definition in the header
              CloudTask-Name.
            </p>
          ) : (
            all.map((definition) => <DefinitionCard key={definition.name} definition={definition} />)
          )
        }
      </LoadState>
    </div>
  );
}

function DefinitionCard({ definition }: { readonly definition: DefinitionJson }): JSX.Element {
  const { name, buckets, lastHour, attemptsPerMinute, failureRate, duration, lateness, lastTime, lastPayloads } =
    definition;
  const [template, setTemplate] = useState<PayloadJson>();
  const finished = buckets.map((bucket) => bucket.succeeded + bucket.failed + bucket.discarded);
  return (
    <section class="card stack" aria-labelledby={`definition-${name}`}>
      <div class="row spread">
        <h2 id={`definition-${name}`} class="wrap">
          <a href={hrefOf(["tasks"], { definition: name })}>{name}</a>
        </h2>
        <Sparkline values={finished} label={`${formatCount(lastHour.started)} attempts in the last hour`} />
      </div>
      <p class="row">
        <span>{attemptsPerMinute.toFixed(1)} attempts a minute</span>
        <span class={failureRate > 0 ? "badge bad" : "badge ok"}>{Math.round(failureRate * 100)} % failed</span>
        <span>took {percentilesText(duration)}</span>
        <span>late by {percentilesText(lateness)}</span>
        <span class="muted">
          last seen <Moment time={lastTime} />
        </span>
      </p>
      {lastPayloads.length > 0 && (
        <ul class="plain-list">
          {lastPayloads.map((payload) => (
            <li key={payload.task} class="row">
              <button type="button" class="button" onClick={() => setTemplate(payload)}>
                Push again
              </button>
              <a class="mono clip payload" href={hrefOf(["tasks", payload.task])}>
                {payloadText(payload.preview ?? payload.body)}
              </a>
            </li>
          ))}
        </ul>
      )}
      {template !== undefined && (
        <PushDialog queue={template.queue} from={template.task} onClose={() => setTemplate(undefined)} />
      )}
    </section>
  );
}

function percentilesText(percentiles: PercentilesJson | undefined): string {
  if (percentiles === undefined) return "–";
  return `${formatDuration(percentiles.p50)} (p95 ${formatDuration(percentiles.p95)})`;
}
