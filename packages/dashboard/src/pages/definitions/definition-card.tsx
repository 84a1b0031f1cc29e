import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { Moment } from "../../components/moment.tsx";
import { PushDialog } from "../../components/push-dialog.tsx";
import { Sparkline } from "../../components/sparkline.tsx";
import { formatCount, formatDuration, formatShare, idOf } from "../../format/format.ts";
import type { DefinitionJson, PayloadJson, PercentilesJson } from "../../source/json.ts";
import { hrefOf } from "../../state/router.ts";
import { queueHref } from "../overview/queue-table.tsx";
import { LastPayloads } from "./last-payloads.tsx";

/** A definition: its figures, its last payloads, and a form to push a task of it. */
export function DefinitionCard({ definition }: { readonly definition: DefinitionJson }): JSX.Element {
  const { name, buckets, lastHour, lastPayloads } = definition;
  const [template, setTemplate] = useState<PayloadJson>();
  const [newest] = lastPayloads;
  // The last bucket is not over yet, so its count would look like a drop.
  const finished = buckets.slice(0, -1).map((bucket) => bucket.succeeded + bucket.failed + bucket.discarded);
  return (
    <section class="card stack" aria-labelledby={`definition-${name}`}>
      <div class="row spread">
        <h2 id={`definition-${name}`} class="wrap">
          <a href={hrefOf(["tasks"], { definition: name })}>{name}</a>
        </h2>
        <div class="row">
          <Sparkline values={finished} label={`${formatCount(lastHour.started)} attempts in the last hour`} />
          {newest !== undefined && (
            <button type="button" class="button" onClick={() => setTemplate(newest)}>
              Push a task
            </button>
          )}
        </div>
      </div>
      <Figures definition={definition} />
      <LastPayloads payloads={lastPayloads} onPush={setTemplate} />
      {template !== undefined && (
        <PushDialog queue={template.queue} from={template.task} onClose={() => setTemplate(undefined)} />
      )}
    </section>
  );
}

/** Shows a dash if there were no attempts. */
function FailureShare({
  attemptsPerMinute,
  failureRate,
}: Pick<DefinitionJson, "attemptsPerMinute" | "failureRate">): JSX.Element {
  if (attemptsPerMinute === 0) return <>–</>;
  if (failureRate === 0) return <>{formatShare(0)}</>;
  return <span class="badge bad">{formatShare(failureRate)}</span>;
}

function Figures({ definition }: { readonly definition: DefinitionJson }): JSX.Element {
  const { name, attemptsPerMinute, failureRate, duration, lateness, lastTime, queues, counts, deadLetters } =
    definition;
  const waiting = counts.scheduled + counts.due + counts.retrying;
  return (
    <dl class="figures">
      <Figure title="Attempts per minute">
        {formatCount(Number(attemptsPerMinute.toFixed(attemptsPerMinute < 10 ? 1 : 0)))}
      </Figure>
      <Figure title="Failed">
        <FailureShare attemptsPerMinute={attemptsPerMinute} failureRate={failureRate} />
      </Figure>
      <Figure title="Duration">
        <Percentiles of={duration} />
      </Figure>
      <Figure title="Lateness">
        <Percentiles of={lateness} />
      </Figure>
      <Figure title="Waiting">{formatCount(waiting)}</Figure>
      <Figure title="Dead letters">
        {deadLetters === 0 ? (
          0
        ) : (
          <a href={hrefOf(["dead-letters"], { definition: name })}>{formatCount(deadLetters)}</a>
        )}
      </Figure>
      <Figure title="Queues">
        {queues.map((queue, index) => (
          <>
            {index > 0 && ", "}
            <a href={queueHref(queue)}>{idOf(queue)}</a>
          </>
        ))}
      </Figure>
      <Figure title="Last seen">
        <Moment time={lastTime} isPast />
      </Figure>
    </dl>
  );
}

function Figure({ title, children }: { readonly title: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Percentiles({ of }: { readonly of: PercentilesJson | undefined }): JSX.Element {
  if (of === undefined) return <>–</>;
  return (
    <>
      <span class="nowrap">p50 {formatDuration(of.p50)},</span> <span class="nowrap">p95 {formatDuration(of.p95)}</span>
    </>
  );
}
