import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { formatCount } from "../../format/format.ts";
import type { TaskCountsJson, TaskState } from "../../source/json.ts";
import { liveQueues, serverNow } from "../../state/live.ts";
import { replaceQuery, route } from "../../state/router.ts";
import { isCloud } from "../../state/server.ts";
import { chipText, FILTERS, type FilterName, SORTS } from "./task-filters.ts";

const SEARCH_DELAY_MS = 250;

/** Each search over Google Cloud costs several list calls. */
const CLOUD_SEARCH_DELAY_MS = 800;

const STATUSES = ["2xx", "3xx", "4xx", "5xx", "none"] as const;

interface FilterBarProps {
  /** The filters that the page fixes, for example the queue. */
  readonly fixed: readonly FilterName[];
  readonly counts: TaskCountsJson | undefined;
  /** The states to choose from, unless `fixed` has the state. */
  readonly states?: readonly TaskState[];
  /** The definitions to choose from; default: those of `counts`. */
  readonly definitions?: readonly string[];
  /** The order of the list if the user chooses none, for example `newest first`. */
  readonly order?: string;
  /** The reasons of dead letters to choose from; default: no such filter. */
  readonly reasons?: readonly string[];
}

/** The search field, the filters, and a chip for each filter in use. All filters are in the address of the view. */
export function FilterBar({ fixed, counts, states = [], definitions, order, reasons }: FilterBarProps): JSX.Element {
  const { query } = route.value;
  const used = FILTERS.filter((name) => !fixed.includes(name) && name !== "text" && query.get(name));
  return (
    <div class="stack">
      <div class="row filters">
        <SearchField />
        {!fixed.includes("queue") && (
          <Choice name="queue" label="Queue" options={[...liveQueues.value.values()].map(({ id }) => [id, id])} />
        )}
        {!fixed.includes("state") && (
          <Choice
            name="state"
            label="State"
            options={states.map((state) => [state, `${state}${countText(counts?.states[state])}`])}
          />
        )}
        <Choice name="definition" label="Definition" options={pairs(definitions ?? definitionsOf(counts))} />
        {reasons !== undefined && <Choice name="reason" label="Reason" options={pairs(reasons)} />}
        {!fixed.includes("status") && (
          <Choice
            name="status"
            label="Status"
            options={STATUSES.map((status) => [
              status,
              `${status === "none" ? "no answer" : status}${countText(counts?.statuses[status])}`,
            ])}
          />
        )}
        {!isCloud() && <TimeChoice />}
        {order !== undefined && !fixed.includes("sort") && !isCloud() && (
          <Choice name="sort" label="Sort" none={`${order} (default)`} options={SORTS} />
        )}
      </div>
      {used.length > 0 && (
        <ul class="plain-list row" aria-label="Filters in use">
          {used.map((name) => (
            <li key={name} class="chip">
              {chipText(name, query.get(name) ?? "")}
              <button
                type="button"
                aria-label={`Remove the filter ${name}`}
                onClick={() => replaceQuery({ [name]: undefined })}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function SearchField(): JSX.Element {
  const given = route.value.query.get("text") ?? "";
  const [text, setText] = useState(given);
  useEffect(() => setText(given), [given]);
  useEffect(() => {
    const delay = isCloud() ? CLOUD_SEARCH_DELAY_MS : SEARCH_DELAY_MS;
    const timer = setTimeout(() => text !== given && replaceQuery({ text }), delay);
    return () => clearTimeout(timer);
  }, [text, given]);
  return (
    <input
      class="input search-tasks"
      type="search"
      aria-label="Search in names, definitions, URLs and payloads"
      placeholder="Search names and payloads"
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
    />
  );
}

interface ChoiceProps {
  readonly name: FilterName;
  readonly label: string;
  readonly options: readonly (readonly string[])[];
  /** The text for no choice. */
  readonly none?: string;
}

function Choice({ name, label, options, none = "any" }: ChoiceProps): JSX.Element {
  const value = route.value.query.get(name) ?? "";
  const known = options.some(([option]) => option === value);
  return (
    <select
      class="input choice"
      aria-label={label}
      value={value}
      onChange={(event) => replaceQuery({ [name]: event.currentTarget.value })}
    >
      <option value="">{`${label}: ${none}`}</option>
      {!known && value !== "" && <option value={value}>{value.replaceAll(",", " or ")}</option>}
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </select>
  );
}

const TIMES: readonly (readonly [ms: number, text: string])[] = [
  [300_000, "the last 5 minutes"],
  [3_600_000, "the last hour"],
  [86_400_000, "the last day"],
  [604_800_000, "the last week"],
];

/** Limits a list to recent tasks, by the time that it is sorted by. The chips show the limits. */
function TimeChoice(): JSX.Element | null {
  const { query } = route.value;
  const isLimited = query.has("from") || query.has("to");
  const choose = (ms: string): void => {
    const from = ms === "" ? undefined : new Date(serverNow() - Number(ms)).toISOString();
    replaceQuery({ from, to: undefined });
  };
  return (
    <select
      class="input choice"
      aria-label="Time"
      value={isLimited ? "limited" : ""}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="">Time: any</option>
      {isLimited && <option value="limited">Time: limited</option>}
      {TIMES.map(([ms, text]) => (
        <option key={ms} value={ms}>
          {text}
        </option>
      ))}
    </select>
  );
}

function definitionsOf(counts: TaskCountsJson | undefined): readonly string[] {
  return (counts?.definitions ?? []).flatMap(({ definition }) => definition ?? []);
}

function pairs(values: readonly string[]): readonly (readonly string[])[] {
  return values.map((value) => [value, value]);
}

function countText(count: number | undefined): string {
  return count === undefined ? "" : ` (${formatCount(count)})`;
}
