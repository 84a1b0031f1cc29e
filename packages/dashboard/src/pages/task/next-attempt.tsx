import type { JSX } from "preact";
import { formatDuration } from "../../format/format.ts";
import type { TaskWithRequestJson } from "../../source/json.ts";
import { now } from "../../state/now.ts";
import { waitText } from "../../words/wait-text.ts";

/** A countdown to the next attempt with the reasons of the wait, or the time that a running attempt still has. */
export function NextAttempt({ task }: { readonly task: TaskWithRequestJson }): JSX.Element | null {
  const { waits, running } = task;
  if (waits.length === 0 && running.length === 0) return null;
  return (
    <section class="card stack tight" aria-label="Next attempt">
      {running.map(({ dispatchTime, deadline, forced }) => (
        <p key={dispatchTime}>
          <strong class="large">Running for {wholeSeconds(now.value - Date.parse(dispatchTime))}</strong>{" "}
          {forced && "(started by “run now”) "}
          <span class="muted">{wholeSeconds(Date.parse(deadline) - now.value)} left until the dispatch deadline</span>
        </p>
      ))}
      {isKept(task) ? (
        <p>This dead letter is kept until you redrive or delete it.</p>
      ) : (
        <>
          {waits.length > 0 && <strong class="large">{countdown(task, now.value)}</strong>}
          {waits.map((wait) => (
            <p key={wait.reason}>The task {waitText(wait, now.value)}.</p>
          ))}
        </>
      )}
    </section>
  );
}

/** A queue for dead letters is paused. In another one, a dead letter is attempted when it is due. */
function isKept({ deadLetter, waits, running }: TaskWithRequestJson): boolean {
  return deadLetter !== undefined && running.length === 0 && waits.some(({ reason }) => reason === "paused");
}

function countdown({ waits }: TaskWithRequestJson, nowMs: number): string {
  const ends = waits.map(({ until }) => until);
  const last = ends.at(-1);
  // A paused queue, for example, has no end that is known.
  if (last === undefined || ends.includes(undefined)) {
    return waits[0]?.reason === "next" ? "The next attempt is about to start" : "The next attempt waits";
  }
  const left = Date.parse(last) - nowMs;
  return left > 0 ? `Next attempt in ${wholeSeconds(left)}` : "The next attempt is about to start";
}

function wholeSeconds(ms: number): string {
  return ms < 1_000 ? "less than 1 s" : formatDuration(Math.round(ms / 1_000) * 1_000);
}
