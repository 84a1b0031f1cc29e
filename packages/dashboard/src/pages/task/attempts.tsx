import type { JSX } from "preact";
import { ActionButton } from "../../components/action-button.tsx";
import { formatCount } from "../../format/format.ts";
import type { AttemptJson, TaskWithRequestJson } from "../../source/json.ts";
import { now } from "../../state/now.ts";
import { AttemptList } from "./attempt-list.tsx";
import { Timeline } from "./timeline.tsx";
import { type TimelineStep, timelineSteps } from "./timeline-steps.ts";
import { useOlderAttempts } from "./use-older-attempts.ts";

const MIN_WAIT_MS = 50;

interface AttemptsProps {
  readonly task: TaskWithRequestJson;
  /** The newest finished attempts, the newest first. */
  readonly newest: readonly AttemptJson[];
  readonly nextCursor: string | undefined;
}

/** The attempts and waits of a task, on a time axis and as a list. */
export function Attempts({ task, newest, nextCursor }: AttemptsProps): JSX.Element {
  const { name, sequence } = task;
  const { attempts, isCut, more } = useOlderAttempts({ task: name, sequence, attempts: newest, nextCursor });
  if (task.deadLetter !== undefined && attempts.length === 0 && task.running.length === 0) {
    return <p class="muted">The dead letter was not attempted. Its discarded task has the attempts.</p>;
  }
  const steps = timelineSteps(task, attempts, now.value, isCut).filter(isVisible);
  return (
    <>
      {attempts.length === 0 && <p class="muted">No attempt has finished.</p>}
      <Timeline steps={steps} />
      <AttemptList steps={steps} />
      {isCut && (
        <p class="row">
          <span class="muted">The newest {formatCount(attempts.length)} attempts are shown.</span>
          <ActionButton action={more}>Older attempts</ActionButton>
        </p>
      )}
    </>
  );
}

/** Shorter waits are only the work of the server. */
function isVisible({ kind, from, to }: TimelineStep): boolean {
  return kind !== "wait" || to - from >= MIN_WAIT_MS;
}
