import { liveStates } from "../../engine/task-counts.ts";
import { finishedStates, type StatusClass, statusClasses, statusClassOf } from "../../history/tasks/finished-counts.ts";
import type { Query } from "../../http/query.ts";
import { invalidArgument } from "../../service/rpc-error.ts";
import type { TaskState } from "../types/common-types.ts";

const waitingStates = ["scheduled", "due", "retrying"] as const;
const allStates: readonly TaskState[] = [...liveStates, ...finishedStates];

const groups: Readonly<Record<string, readonly TaskState[]>> = {
  waiting: waitingStates,
  live: liveStates,
  finished: finishedStates,
};

/** The filters of a list of tasks. An undefined filter matches every task. */
export interface TaskFilter {
  /** A full name or an id. */
  readonly queue: string | undefined;
  readonly states: ReadonlySet<TaskState>;
  /** `-` for tasks without a definition. */
  readonly definition: string | undefined;
  readonly status: StatusClass | number | undefined;
  /** In lower case. */
  readonly text: string | undefined;
  readonly deadLetters: boolean | undefined;
  /** The reason of a dead letter. */
  readonly reason: string | undefined;
}

/** The time by which a list is sorted. */
export type TaskSort = "schedule" | "create" | "finish";

/** A list of tasks. */
export interface TaskQuery extends TaskFilter {
  readonly sort: TaskSort;
  readonly isReverse: boolean;
  /** How the last attempt failed, as in `GET /inspect/failures`. */
  readonly answer: string | undefined;
  /** Milliseconds since the epoch; limits of the time by which the list is sorted. */
  readonly from: number;
  readonly to: number;
}

/**
 * Reads the filters of a request.
 *
 * @throws RpcError for an invalid value
 */
export function taskFilterOf(query: Pick<Query, "text">): TaskFilter {
  const text = query.text("text").toLowerCase();
  return {
    queue: query.text("queue") || undefined,
    states: statesOf(query.text("state")),
    definition: query.text("definition") || undefined,
    status: statusOf(query.text("status")),
    text: text || undefined,
    deadLetters: flagOf("deadLetters", query.text("deadLetters")),
    reason: query.text("reason") || undefined,
  };
}

/**
 * Reads a list from a request.
 *
 * @throws RpcError for an invalid value
 */
export function taskQueryOf(query: Pick<Query, "text">): TaskQuery {
  const filter = taskFilterOf(query);
  const requested = query.text("sort") || defaultSort(filter);
  const isReverse = requested.startsWith("-");
  const sort = isReverse ? requested.slice(1) : requested;
  if (sort !== "schedule" && sort !== "create" && sort !== "finish")
    throw invalidArgument(
      `sort: expected schedule, create or finish, or one of them with "-" before it; received ${JSON.stringify(requested)}`,
    );
  const from = timeOf("from", query, Number.NEGATIVE_INFINITY);
  const answer = query.text("answer") || undefined;
  return { ...filter, sort, isReverse, answer, from, to: timeOf("to", query, Number.POSITIVE_INFINITY) };
}

/** Checks whether the status of an attempt matches a filter. */
export function matchesStatus(filter: TaskFilter["status"], status: number | undefined): boolean {
  if (filter === undefined) return true;
  return typeof filter === "number" ? status === filter : statusClassOf(status) === filter;
}

/**
 * Reads a time of a request.
 *
 * @returns milliseconds since the epoch
 * @throws RpcError if it is invalid
 */
export function timeOf(name: string, query: Pick<Query, "text">, defaultTime: number): number {
  const text = query.text(name);
  if (text === "") return defaultTime;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw invalidArgument(`${name}: expected a time such as 2030-01-01T12:00:00Z; received ${JSON.stringify(text)}`);
}

/** @throws RpcError if the value is neither a class nor a status */
export function statusOf(text: string): TaskFilter["status"] {
  if (text === "") return undefined;
  if (/^[1-9]\d\d$/.test(text)) return Number(text);
  const found = statusClasses.find((name) => name === text);
  if (found) return found;
  throw invalidArgument(
    `status: expected a status such as 503, or one of ${statusClasses.join(", ")}; received ${JSON.stringify(text)}`,
  );
}

function statesOf(text: string): ReadonlySet<TaskState> {
  if (text === "") return new Set(allStates);
  const states = text.split(",").flatMap((name) => groups[name] ?? allStates.filter((state) => state === name));
  const unknown = text
    .split(",")
    .find((name) => !Object.hasOwn(groups, name) && !allStates.some((state) => state === name));
  if (unknown === undefined) return new Set(states);
  throw invalidArgument(
    `state: expected one or more of ${[...allStates, ...Object.keys(groups)].join(", ")}; received ${JSON.stringify(unknown)}`,
  );
}

function flagOf(name: string, text: string): boolean | undefined {
  if (text === "") return undefined;
  if (text === "true" || text === "false") return text === "true";
  throw invalidArgument(`${name}: expected true or false; received ${JSON.stringify(text)}`);
}

function defaultSort({ states }: TaskFilter): string {
  const selected = [...states];
  if (selected.every((state) => finishedStates.some((name) => name === state))) return "-finish";
  return selected.every((state) => liveStates.some((name) => name === state)) ? "schedule" : "-create";
}
