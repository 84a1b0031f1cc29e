import type { DeleteManyResult, TaskRef } from "cloudtask/admin";
import type { CommandContext, Run } from "../command-line/command-spec.ts";
import { countText } from "../output/count-text.ts";
import { progressBar } from "../output/progress-bar.ts";
import { announce, confirm } from "../place/confirm.ts";
import { openPlace, type Place } from "../place/open-place.ts";
import { checkSelection, matchingTasks } from "./select-tasks.ts";
import { taskRef } from "./task-argument.ts";

/** `cloudtask tasks delete`. */
export const deleteTasks: Run = async (flags, context) => {
  const { positionals } = flags;
  const queue = flags.text("queue");
  checkSelection(flags);
  const named = positionals.map((text) => taskRef(text));
  const place = await openPlace(flags, context);
  const tasks = queue === undefined ? named : await matchingTasks(place, queue, flags, context);
  const { terminal } = context;
  if (tasks.length > 0) {
    const where = queue === undefined ? "" : ` of the queue ${queue}`;
    await confirm(`deletes ${countText(tasks.length, "task")}${where} (${place.label})`, flags, context);
    announce(place, `deletes ${countText(tasks.length, "task")}${where}`, context);
  }
  const { deleted, missing } = await remove(place, tasks, context);
  if (flags.has("json")) terminal.out(JSON.stringify({ deleted, missing }));
  else terminal.out(`deleted ${countText(deleted, "task")}${missing > 0 ? `; ${missing} had finished before` : ""}`);
  return 0;
};

async function remove(
  { admin }: Place,
  tasks: readonly TaskRef[],
  { terminal }: CommandContext,
): Promise<DeleteManyResult> {
  try {
    return await admin.tasks.deleteMany(tasks, {
      onProgress: ({ deleted, missing, failed }) =>
        terminal.progress(progressBar(deleted + missing + failed, tasks.length)),
    });
  } finally {
    terminal.progress();
  }
}
