import type { JSX } from "preact";
import { now } from "../../state/now.ts";
import { AttemptDetails } from "./attempt-details.tsx";
import { stepText } from "./step-text.ts";
import type { TimelineStep } from "./timeline-steps.ts";

/** The attempts of a task and the waits between them, the newest first. */
export function AttemptList({ steps }: { readonly steps: readonly TimelineStep[] }): JSX.Element {
  return (
    <ol class="plain-list" reversed>
      {[...steps].reverse().map((step) => (
        <li key={`${step.kind} ${step.from}`}>
          {step.kind === "attempt" ? (
            <AttemptDetails attempt={step.attempt} />
          ) : (
            <p class={step.kind === "wait" ? "muted wait-line" : "card"}>{stepText(step, now.value)}</p>
          )}
        </li>
      ))}
    </ol>
  );
}
