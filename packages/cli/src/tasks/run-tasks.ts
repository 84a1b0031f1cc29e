import type { QueuedTask } from "cloudtask/admin";
import { errorMessage, printableText } from "cloudtask/internal";
import type { CommandContext, Run } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { countText } from "../output/count-text.ts";
import { jsonText } from "../output/json.ts";
import { progressBar } from "../output/progress-bar.ts";
import { announce, confirm } from "../place/confirm.ts";
import { openPlace, type Place } from "../place/open-place.ts";
import { isSelective } from "./list-tasks.ts";
import { checkSelection, matchingTasks } from "./select-tasks.ts";
import { shortTaskName, taskRef } from "./task-argument.ts";

/** `cloudtask tasks run`. */
export const runTasks: Run = async (flags, context) => {
  checkSelection(flags);
  const refs = flags.positionals.map((text) => taskRef(text));
  const place = await openPlace(flags, context);
  const queue = flags.text("queue");
  if (queue !== undefined) return runMatching(place, queue, flags, context);
  announce(place, `dispatches ${countText(refs.length, "task")} now`, context);
  const tasks: QueuedTask[] = [];
  for (const ref of refs) {
    const task = await place.admin.tasks.run(ref);
    tasks.push(task);
    if (!flags.has("json")) context.terminal.out(`dispatched ${task.queue}/${task.id}, attempt ${task.dispatchCount}`);
  }
  if (flags.has("json")) context.terminal.out(jsonText(tasks));
  return 0;
};

async function runMatching(place: Place, queue: string, flags: GivenFlags, context: CommandContext): Promise<number> {
  const names = await matchingTasks(place, queue, flags, context);
  const what = `dispatches ${countText(names.length, "task")} of the queue ${queue} now`;
  if (names.length > 0 && !isSelective(flags)) await confirm(`${what} (${place.label})`, flags, context);
  if (names.length > 0) announce(place, what, context);
  const { terminal } = context;
  const tasks: QueuedTask[] = [];
  const failed: string[] = [];
  for (const name of names) {
    try {
      tasks.push(await place.admin.tasks.run(name));
    } catch (error) {
      failed.push(printableText(`${shortTaskName(name)}: ${errorMessage(error)}`));
    }
    terminal.progress(progressBar(tasks.length + failed.length, names.length));
  }
  terminal.progress();
  terminal.out(flags.has("json") ? jsonText(tasks) : `dispatched ${countText(tasks.length, "task")}`);
  for (const line of failed) terminal.err(line);
  return failed.length === 0 ? 0 : 1;
}
