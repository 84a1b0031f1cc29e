import { invalidArgument } from "../../../service/rpc-error.ts";
import { taskQueryOf } from "../../tasks/task-query.ts";
import type { JobFilterJson, JobJson, JobsJson, NewJobJson } from "../../types/job-types.ts";
import { type ControlRequest, whenDisconnected } from "../control.ts";
import { fieldsOf } from "../control-fields.ts";
import type { JobRunner, JobTasks } from "./job-runner.ts";

const MAX_NAMES = 10_000;

const fields = ["action", "tasks", "filter", "dryRun"] as const;

const filterNames: readonly (keyof JobFilterJson)[] = [
  "queue",
  "state",
  "definition",
  "status",
  "text",
  "deadLetters",
  "reason",
  "answer",
  "from",
  "to",
  "sort",
];

const actions: readonly NewJobJson["action"][] = ["delete", "run", "redrive", "push"];

/** A request below `/control/jobs`. */
export interface JobsRequest extends ControlRequest {
  readonly jobs: JobRunner;
}

/** Answers POST /control/jobs. */
export async function startJob({ request, response, jobs }: JobsRequest): Promise<JobJson> {
  const { action, tasks, filter, dryRun = false } = await fieldsOf<NewJobJson>(request, fields);
  const known = actions.find((name) => name === action);
  if (!known) {
    throw invalidArgument(`action: expected delete, run, redrive or push; received ${JSON.stringify(action)}`);
  }
  if ((tasks === undefined) === (filter === undefined)) {
    throw invalidArgument("tasks, filter: expected exactly one of them");
  }
  if (typeof dryRun !== "boolean") throw invalidArgument("dryRun: expected true or false");
  if (dryRun && known !== "push") throw invalidArgument(`dryRun: only possible for push; received ${known}`);
  const selected = tasks === undefined ? filterOf(filter, known) : namesOf(tasks);
  return dryRun ? jobs.dryRun(selected, whenDisconnected(response)) : jobs.start(known, selected);
}

/** Answers GET /control/jobs. */
export function listJobs({ jobs }: JobsRequest): JobsJson {
  return { jobs: jobs.list() };
}

function namesOf(tasks: unknown): JobTasks {
  const isList = Array.isArray(tasks) && tasks.length <= MAX_NAMES && tasks.every((name) => typeof name === "string");
  if (isList) return { names: [...new Set<string>(tasks)] };
  throw invalidArgument(`tasks: expected up to ${MAX_NAMES} full names of tasks`);
}

function filterOf(filter: unknown, action: NewJobJson["action"]): JobTasks {
  if (typeof filter !== "object" || filter === null) throw invalidArgument("filter: expected an object");
  const fields: Readonly<Record<string, unknown>> = { ...filter };
  const unknown = Object.keys(fields).find((name) => !filterNames.some((known) => known === name));
  // An unknown filter must not be ignored: the job would apply to more tasks than intended.
  if (unknown !== undefined)
    throw invalidArgument(`filter: ${unknown} is not a filter; the filters are: ${filterNames.join(", ")}`);
  const text = (name: string): string => {
    const value = fields[name] ?? "";
    if (typeof value === "string" || typeof value === "boolean") return String(value);
    throw invalidArgument(`filter: ${name}: expected a string; received ${JSON.stringify(value)}`);
  };
  const read = taskQueryOf({ text });
  return { filter: action === "redrive" ? { ...read, deadLetters: true } : read };
}
