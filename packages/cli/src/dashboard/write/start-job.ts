import { invalidArgument, type JobJson, taskFilterOf } from "@cloudtask/emulator/internal";
import type { CloudParts } from "../cloud-parts.ts";
import { ownResource } from "../own-resource.ts";
import type { JobTasks } from "./cloud-jobs.ts";
import { type CloudAction, jobActions } from "./job-actions.ts";

const MAX_NAMES = 10_000;

const FILTERS = ["queue", "state", "definition", "status", "text", "deadLetters", "reason"];

type Fields = Readonly<Record<string, unknown>>;

/** Answers POST /control/jobs. */
export function startJob(parts: CloudParts, { action, tasks, filter }: Fields): JobJson {
  const known = (Object.keys(jobActions) as CloudAction[]).find((name) => name === action);
  if (known === undefined) {
    throw invalidArgument(`action: expected delete, run or redrive; received ${JSON.stringify(action)}`);
  }
  if ((tasks === undefined) === (filter === undefined)) {
    throw invalidArgument("tasks, filter: expected exactly one of them");
  }
  return parts.jobs.start(known, tasks === undefined ? filterOf(filter, known) : namesOf(parts, tasks));
}

function namesOf(parts: CloudParts, tasks: unknown): JobTasks {
  const isList = Array.isArray(tasks) && tasks.length <= MAX_NAMES && tasks.every((name) => typeof name === "string");
  if (!isList) throw invalidArgument(`tasks: expected up to ${MAX_NAMES} full names of tasks`);
  for (const name of tasks) ownResource(parts, name, "tasks");
  return { names: [...new Set<string>(tasks)] };
}

/** An unknown filter must not be ignored: the job would apply to more tasks than intended. */
function filterOf(filter: unknown, action: CloudAction): JobTasks {
  if (typeof filter !== "object" || filter === null) throw invalidArgument("filter: expected an object");
  const fields: Fields = { ...filter };
  const unknown = Object.keys(fields).find((name) => !FILTERS.includes(name));
  if (unknown !== undefined) {
    throw invalidArgument(`filter: ${unknown} is not a filter; the filters are: ${FILTERS.join(", ")}`);
  }
  const read = taskFilterOf({ text: (name) => String(fields[name] ?? "") });
  return { filter: action === "redrive" ? { ...read, deadLetters: true } : read };
}
