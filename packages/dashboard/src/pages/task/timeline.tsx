import type { JSX } from "preact";
import { TimeAxis } from "../../components/time-axis.tsx";
import { formatDuration, formatTime } from "../../format/format.ts";
import { now } from "../../state/now.ts";
import { stepText } from "./step-text.ts";
import type { TimelineStep } from "./timeline-steps.ts";

/** Narrower marks could not be seen. */
const MIN_PIXELS = 8;

/** The attempts and waits of a task on one time axis, to scale. Very short attempts are drawn as a thin mark. */
export function Timeline({ steps }: { readonly steps: readonly TimelineStep[] }): JSX.Element | null {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return null;
  const span = Math.max(1, last.to - first.from);
  const percent = (ms: number): string => `${((100 * ms) / span).toFixed(3)}%`;
  return (
    <figure class="stack tight figure">
      <ol class="timeline" aria-label="Attempts and waits, in order of time">
        {steps.map((step) => (
          <li
            key={`${step.kind} ${step.from}`}
            class={`step ${toneOf(step)}`}
            style={{
              left: `min(${percent(step.from - first.from)}, calc(100% - ${MIN_PIXELS}px))`,
              width: percent(step.to - step.from),
            }}
            title={stepText(step, now.value)}
          >
            <span class="visually-hidden">{stepText(step, now.value)}</span>
          </li>
        ))}
      </ol>
      <TimeAxis spanMs={span} label={(offset) => (offset === 0 ? "0" : formatDuration(offset))} />
      <figcaption class="row spread muted">
        <span>
          {formatTime(first.from, now.value)} to {formatTime(last.to, now.value)}, {formatDuration(span)} in all
        </span>
        <Legend steps={steps} />
      </figcaption>
    </figure>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  wait: "wait",
  ok: "succeeded",
  warn: "failed, retried",
  bad: "failed permanently",
  running: "running",
};

/** Names the colours that the timeline uses. */
function Legend({ steps }: { readonly steps: readonly TimelineStep[] }): JSX.Element {
  const tones = [...new Set(steps.map(toneOf))];
  return (
    <span class="row">
      {tones.map((tone) => (
        <span key={tone} class="legend timeline">
          <span class={`step ${tone}`} /> {TITLES[tone]}
        </span>
      ))}
    </span>
  );
}

function toneOf(step: TimelineStep): string {
  if (step.kind !== "attempt") return step.kind;
  const { outcome, discarded } = step.attempt;
  if (discarded || outcome === "exhausted") return "bad";
  return outcome === "retrying" ? "warn" : "ok";
}
