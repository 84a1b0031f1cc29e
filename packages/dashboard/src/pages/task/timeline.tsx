import type { JSX } from "preact";
import { formatDuration, formatTime } from "../../format/format.ts";
import type { AttemptJson, TaskWithRequestJson } from "../../source/json.ts";
import { now } from "../../state/now.ts";
import { statusText } from "../../words/status-text.tsx";
import { shares, type TimelineStep, timelineSteps } from "./timeline-steps.ts";

interface TimelineProps {
  readonly task: TaskWithRequestJson;
  readonly attempts: readonly AttemptJson[];
}

/** The attempts and waits of a task on one time axis, to scale. */
export function Timeline({ task, attempts }: TimelineProps): JSX.Element {
  const steps = timelineSteps(task, attempts, now.value);
  const widths = shares(steps);
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return <p class="muted">Nothing has happened yet.</p>;
  return (
    <figure class="stack tight figure">
      <ol class="timeline" aria-label="Attempts and waits, in order of time">
        {steps.map((step, index) => (
          <li
            key={`${step.kind} ${step.from}`}
            class={`step ${toneOf(step)}`}
            style={{ flexBasis: `${(100 * (widths[index] ?? 0)).toFixed(2)}%` }}
            title={textOf(step, now.value)}
          >
            {step.kind === "attempt" ? (
              <a href={`#attempt-${step.attempt.id}`} onClick={(event) => showAttempt(event, step.attempt.id)}>
                <span class="visually-hidden">{textOf(step, now.value)}</span>
              </a>
            ) : (
              <span class="visually-hidden">{textOf(step, now.value)}</span>
            )}
          </li>
        ))}
      </ol>
      <figcaption class="row spread muted">
        <span>{formatTime(first.from, now.value)}</span>
        <span>{formatDuration(last.to - first.from)} in all</span>
        <span>{formatTime(last.to, now.value)}</span>
      </figcaption>
    </figure>
  );
}

/** The address holds the view, so an attempt is scrolled to instead of linked. */
function showAttempt(event: MouseEvent, id: string): void {
  event.preventDefault();
  const details = document.getElementById(`attempt-${id}`);
  if (!(details instanceof HTMLDetailsElement)) return;
  details.open = true;
  details.scrollIntoView({ block: "nearest" });
  details.querySelector("summary")?.focus();
}

function toneOf(step: TimelineStep): string {
  if (step.kind !== "attempt") return step.kind;
  const { outcome, discarded } = step.attempt;
  if (discarded || outcome === "exhausted") return "bad";
  return outcome === "retrying" ? "warn" : "ok";
}

function textOf(step: TimelineStep, nowMs: number): string {
  const duration = formatDuration(step.to - step.from);
  if (step.kind === "wait") return `Waited ${duration} ${step.text}, from ${formatTime(step.from, nowMs)}`;
  if (step.kind === "running") return `An attempt has been running for ${duration}`;
  const { attempt } = step;
  return `Attempt ${attempt.attempt} at ${formatTime(step.from, nowMs)}: ${statusText(attempt)} after ${duration}`;
}
