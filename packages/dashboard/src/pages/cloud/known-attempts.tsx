import type { JSX } from "preact";
import { Facts } from "../../components/facts.tsx";
import { LogsHint } from "../../components/logs-hint.tsx";
import { Moment } from "../../components/moment.tsx";
import { formatCount, idOf, plural } from "../../format/format.ts";
import type { TaskWithRequestJson } from "../../source/json.ts";
import { attemptsText } from "../../words/attempts-text.ts";

/** The attempts of a task as far as Cloud Tasks keeps them: their number, the first and the last one. */
export function KnownAttempts({ task }: { readonly task: TaskWithRequestJson }): JSX.Element {
  const { name, dispatchCount, responseCount, firstDispatchTime, lastAttempt } = task;
  if (dispatchCount === 0) return <p class="muted">Cloud Tasks has not attempted this task.</p>;
  const others = dispatchCount - (dispatchCount > 1 ? 2 : 1);
  return (
    <>
      <Facts
        of={{
          Attempts: attemptsText(task),
          "Answers with a status below 500": responseCount === undefined ? undefined : formatCount(responseCount),
          "First attempt": firstDispatchTime && <Moment time={firstDispatchTime} isPast />,
          "Last attempt": lastAttempt?.dispatchTime && <Moment time={lastAttempt.dispatchTime} isPast />,
          "Last answer": lastAnswer(lastAttempt),
        }}
      />
      {others > 0 && (
        <p>Unknown: the {plural(others, "other attempt")}. Cloud Tasks keeps only the first and the last one.</p>
      )}
      <LogsHint filter={`"${idOf(name)}"`} />
    </>
  );
}

function lastAnswer(lastAttempt: TaskWithRequestJson["lastAttempt"]): JSX.Element | string {
  const message = lastAttempt && "message" in lastAttempt ? lastAttempt.message : undefined;
  if (lastAttempt?.finishTime === undefined) return message ?? "none yet";
  return (
    <>
      <Moment time={lastAttempt.finishTime} isPast />: {message ?? lastAttempt.status ?? "unknown"}
    </>
  );
}
