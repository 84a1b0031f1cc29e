import { invalidArgument } from "../../service/rpc-error.ts";
import { findTask } from "../tasks/task-detail-json.ts";
import type { RedriveJson, RedrivenJson } from "../types/control-types.ts";
import type { ControlRequest } from "./control.ts";
import { fieldsOf } from "./control-fields.ts";
import { redriven } from "./jobs/job-actions.ts";

const MAX_TASKS = 100;

/** Answers POST /control/redrive. */
export async function controlRedrive({ parts, request }: ControlRequest): Promise<RedrivenJson> {
  const { tasks } = await fieldsOf<RedriveJson>(request, ["tasks"]);
  const isList = Array.isArray(tasks) && tasks.length <= MAX_TASKS && tasks.every((name) => typeof name === "string");
  if (!isList)
    throw invalidArgument(`tasks: expected up to ${MAX_TASKS} full names of dead letters; use a job for more`);
  const results: RedrivenJson["results"][number][] = [];
  for (const name of new Set<string>(tasks)) {
    const task = findTask(parts, name);
    const result = task ? await redriven(parts, task, name) : { error: `No task ${JSON.stringify(name)}.` };
    results.push({ task: name, ...result });
  }
  parts.services.context.changed();
  await parts.engine.store.flushed();
  return { results };
}
