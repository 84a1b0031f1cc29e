import type { ListTasksOptions, QueuedTask } from "cloudtask/admin";
import type { Run } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { collect } from "../output/collect.ts";
import { countText } from "../output/count-text.ts";
import { jsonText } from "../output/json.ts";
import { type Column, table } from "../output/table.ts";
import { ageText } from "../output/times.ts";
import { openPlace } from "../place/open-place.ts";
import { positiveInteger } from "../values/whole-number.ts";
import { answerText } from "./answer-text.ts";

const DEFAULT_LIMIT = 100;

const columns: readonly Column<QueuedTask>[] = [
  { title: "TASK", text: ({ queue, id }) => `${queue}/${id}`, isName: true },
  { title: "DEFINITION", text: ({ definition = "-" }) => definition },
  { title: "SCHEDULED", text: ({ scheduleTime }) => ageText(scheduleTime), isNumber: true },
  { title: "ATTEMPTS", text: ({ dispatchCount }) => String(dispatchCount), isNumber: true },
  { title: "LAST ANSWER", text: ({ lastAttempt }) => lastAnswer(lastAttempt) },
];

/** `cloudtask tasks list`. */
export const listTasks: Run = async (flags, context) => {
  const limit = positiveInteger(flags, "limit") ?? DEFAULT_LIMIT;
  const selected = selectedTasks(flags, flags.positionals[0] ?? "");
  const place = await openPlace(flags, context);
  const { terminal } = context;
  // One more shows whether there are more.
  const found = await collect(place.admin.tasks.list({ ...selected, limit: limit + 1 }));
  const tasks = found.slice(0, limit);
  if (flags.has("json")) terminal.out(jsonText(tasks));
  else if (tasks.length > 0) terminal.out(table(tasks, columns, terminal));
  else terminal.err(`no tasks in ${selected.queue}${isSelective(flags) ? " match" : ""}`);
  if (found.length > limit) terminal.err(`there are more than ${countText(limit, "task")}; pass --limit to see more`);
  return 0;
};

/** Returns the options that select the tasks of a queue. */
export function selectedTasks(flags: GivenFlags, queue: string): ListTasksOptions & { readonly queue: string } {
  const definition = flags.text("definition");
  const attempts = positiveInteger(flags, "min-attempts");
  return {
    queue,
    ...(definition === undefined ? {} : { definition }),
    ...(attempts === undefined ? {} : { filter: ({ dispatchCount }) => dispatchCount >= attempts }),
  };
}

/** Whether options select some tasks of a queue. */
export function isSelective(flags: GivenFlags): boolean {
  return flags.has("definition") || flags.has("min-attempts");
}

function lastAnswer(attempt: QueuedTask["lastAttempt"]): string {
  if (!attempt) return "-";
  if (!attempt.response) return "in progress";
  return answerText(attempt.response);
}
