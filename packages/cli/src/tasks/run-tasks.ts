import type { QueuedTask } from "cloudtask/admin";
import type { CommandContext, Run } from "../command-line/command-spec.ts";
import { countText } from "../output/count-text.ts";
import { failureLines, type TaskFailure } from "../output/failure-lines.ts";
import { jsonText } from "../output/json.ts";
import { progressBar } from "../output/progress-bar.ts";
import { CallPace, RUN_RATE } from "../place/call-pace.ts";
import { announce, confirm } from "../place/confirm.ts";
import { openPlace, type Place } from "../place/open-place.ts";
import { isSelective } from "./list-tasks.ts";
import { checkSelection, matchingTasks } from "./select-tasks.ts";
import { taskNameOf, taskRef } from "./task-argument.ts";

/** `cloudtask tasks run`. */
export const runTasks: Run = async (flags, context) => {
  checkSelection(flags);
  // Checked before anything is called.
  for (const text of flags.positionals) taskRef(text);
  const place = await openPlace(flags, context);
  const queue = flags.text("queue");
  const names =
    queue === undefined
      ? flags.positionals.map((text) => taskNameOf(text, place))
      : await matchingTasks(place, queue, flags, context);
  const what = `dispatches ${countText(names.length, "task")}${queue === undefined ? "" : ` of the queue ${queue}`} now`;
  if (queue !== undefined && names.length > 0 && !isSelective(flags)) {
    await confirm(`${what} (${place.label})`, flags, context);
  }
  if (names.length > 0) announce(place, what, context);
  const { tasks, failed } = await runAll(place, names, context);
  const { terminal } = context;
  if (flags.has("json")) terminal.out(jsonText(tasks));
  else if (queue !== undefined) terminal.out(`dispatched ${countText(tasks.length, "task")}`);
  else
    for (const { queue: at, id, dispatchCount } of tasks)
      terminal.out(`dispatched ${at}/${id}, attempt ${dispatchCount}`);
  for (const line of failureLines(failed)) terminal.err(line);
  return failed.length === 0 ? 0 : 1;
};

interface Dispatched {
  readonly tasks: readonly QueuedTask[];
  readonly failed: readonly TaskFailure[];
}

/** Dispatches all tasks, also after a failure. */
async function runAll(place: Place, names: readonly string[], { terminal }: CommandContext): Promise<Dispatched> {
  const pace = place.emulator ? undefined : new CallPace(Date.now, RUN_RATE);
  const tasks: QueuedTask[] = [];
  const failed: TaskFailure[] = [];
  for (const name of names) {
    try {
      await pace?.wait();
      tasks.push(await place.admin.tasks.run(name));
    } catch (error) {
      failed.push({ name, error });
    }
    terminal.progress(progressBar(tasks.length + failed.length, names.length));
  }
  terminal.progress();
  return { tasks, failed };
}
