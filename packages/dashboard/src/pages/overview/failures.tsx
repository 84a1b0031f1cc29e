import type { JSX } from "preact";
import { LoadState } from "../../components/load-state.tsx";
import { formatTime, plural } from "../../format/format.ts";
import { source } from "../../source/http-source.ts";
import type { FailuresJson } from "../../source/json.ts";
import { serverNow } from "../../state/live.ts";
import { now } from "../../state/now.ts";
import { hrefOf, replaceQuery, route } from "../../state/router.ts";
import { useHeld } from "../../state/use-held.ts";
import { useLiveReload } from "../../state/use-live-reload.ts";
import { useResource } from "../../state/use-resource.ts";
import { FailureTable } from "./failure-table.tsx";

/** Groups to show. More causes than these are not read one by one. */
const MAX_GROUPS = 20;

/** Milliseconds between two loads. Each reads the attempts that failed since the last one. */
const INTERVAL_MS = 1_000;

const ALL = "all";
const HOUR_MS = 3_600_000;

/** The periods, with the values that the address of the view contains. An hour is the default. */
const PERIODS: readonly (readonly [ms: string, text: string])[] = [
  ["300000", "the last 5 minutes"],
  ["", "the last hour"],
  ["86400000", "the last day"],
  [ALL, "any time"],
];

/** The failed attempts of a period, grouped by their answer. */
export function Failures(): JSX.Element {
  const period = route.value.query.get("period") ?? "";
  const failures = useResource(`failures ${period}`, (signal) =>
    source.failures({ from: startOf(period, serverNow()), limit: MAX_GROUPS }, signal),
  );
  // Each attempt changes the statistics, so single events are not needed.
  useLiveReload(failures, "stats", undefined, INTERVAL_MS);
  return (
    <section class="stack tight" aria-labelledby="failures">
      <div class="row spread">
        <h2 id="failures">Failed attempts by answer</h2>
        <span class="row">
          <select
            class="input choice"
            aria-label="Period"
            value={period}
            onChange={(event) => replaceQuery({ period: event.currentTarget.value })}
          >
            {PERIODS.map(([ms, text]) => (
              <option key={ms} value={ms}>
                {`In ${text}`.replace("In any", "At any")}
              </option>
            ))}
          </select>
          <a href={hrefOf(["tasks"], { state: "retrying,exhausted,discarded" })}>All tasks that failed</a>
        </span>
      </div>
      <LoadState of={failures}>{(data) => <HeldGroups key={period} data={data} period={period} />}</LoadState>
    </section>
  );
}

interface HeldGroupsProps {
  readonly data: FailuresJson;
  readonly period: string;
}

/** The groups do not move while the pointer or the focus is on them. */
function HeldGroups({ data, period }: HeldGroupsProps): JSX.Element {
  const [{ groups, others, since }, handlers] = useHeld(data);
  const added = attemptsIn(data) - attemptsIn({ groups });
  if (groups.length === 0) return <p class="muted">No attempt has failed{period === ALL ? "" : " in this time"}.</p>;
  return (
    <>
      <div class="row spread muted">
        <span>
          {since !== undefined && `Since ${sinceText(since, period)}. `}Answers that differ only in numbers and ids
          share a row.
        </span>
        <span role="status">{added > 0 && `${plural(added, "new failure")}, shown when you leave the list`}</span>
      </div>
      <FailureTable groups={groups} {...handlers} />
      {others > 0 && <p class="muted">And {plural(others, "other answer")} of fewer tasks.</p>}
    </>
  );
}

/** The history can be shorter than the period. */
function sinceText(since: string, period: string): string {
  const start = Date.parse(startOf(period, now.value) ?? since);
  return formatTime(Math.max(start, Date.parse(since)), now.value);
}

function startOf(period: string, nowMs: number): string | undefined {
  return period === ALL ? undefined : new Date(nowMs - (Number(period) || HOUR_MS)).toISOString();
}

function attemptsIn({ groups }: Pick<FailuresJson, "groups">): number {
  return groups.reduce((sum, { attempts }) => sum + attempts, 0);
}
