import type { JSX } from "preact";
import { Moment } from "../../components/moment.tsx";
import { firstLineOf } from "../../format/answer-text.ts";
import { idOf } from "../../format/format.ts";
import type { AttemptJson } from "../../source/json.ts";
import { hrefOf } from "../../state/router.ts";
import { StatusBadge } from "../../words/status-text.tsx";

/** The last failed attempts, the newest first. */
export function Failures({ attempts }: { readonly attempts: readonly AttemptJson[] }): JSX.Element {
  return (
    <div class="table-wrap">
      <table class="table">
        <caption class="visually-hidden">Attempts that failed, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Task</th>
            <th scope="col">Queue</th>
            <th scope="col">Status</th>
            <th scope="col">Answer</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map((attempt) => (
            <tr key={attempt.id}>
              <td class="nowrap">
                <Moment time={attempt.finishTime} />
              </td>
              <td>
                <a class="wrap" href={hrefOf(["tasks", attempt.task])}>
                  {attempt.definition ?? "task"} {idOf(attempt.task)}
                </a>{" "}
                <span class="muted nowrap">attempt {attempt.attempt}</span>
              </td>
              <td class="wrap">{idOf(attempt.queue)}</td>
              <td>
                <StatusBadge attempt={attempt} />
              </td>
              <td class="wrap clip">{firstLineOf(attempt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
